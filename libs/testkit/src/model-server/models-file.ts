/** The key that the fake providers are reached with; tests look for it where it must not be. */
export const FAKE_API_KEY = "sk-fake-0123456789abcdef";

/** Dollars for a million tokens. */
const COST = { input: 1, output: 10, cacheRead: 0.1, cacheWrite: 1.25 };
const MODELS = [
  { id: "test", contextWindow: 100_000, maxTokens: 4_096, cost: COST, input: ["text" as const, "image" as const] },
];

/** A models file, in Pi's format, that leads to the fake model server at `url`. */
export function fakeModelsFile(url: string) {
  const provider = (path: string, api: string) => ({
    baseUrl: `${url}${path}`,
    api,
    apiKey: FAKE_API_KEY,
    models: MODELS,
  });
  return {
    providers: {
      fake: provider("/v1", "openai-completions"),
      "fake-anthropic": provider("", "anthropic-messages"),
      "fake-google": provider("/v1beta", "google-generative-ai"),
    },
  };
}
