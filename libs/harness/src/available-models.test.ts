import { getSupportedThinkingLevels } from "@earendil-works/pi-ai";
import { builtinProviders } from "@earendil-works/pi-ai/providers/all";
import { describe, expect, it } from "vitest";
import { availableModels } from "./available-models.ts";
import { ModelsFile } from "./models-file.ts";

const local = { baseUrl: "http://x/v1", api: "openai-completions" };

describe("the models that a worker can run", () => {
  it("are those of Pi's providers whose key is there, as Pi knows them", async () => {
    const { models } = await availableModels({ environment: { ANTHROPIC_API_KEY: "k", GEMINI_API_KEY: "k" } });
    const pi = builtinProviders()
      .filter(({ id }) => ["anthropic", "google"].includes(id))
      .flatMap((provider) => provider.getModels());
    const shown = models.filter(({ provider }) => provider !== "demo");
    expect(shown.map(({ id }) => id).toSorted()).toEqual(pi.map(({ provider, id }) => `${provider}/${id}`).toSorted());
    for (const { provider, id, contextWindow, cost, ...model } of pi)
      expect(shown.find((one) => one.id === `${provider}/${id}`)).toMatchObject({
        contextWindow,
        price: { input: cost.input, output: cost.output },
        thinking: getSupportedThinkingLevels({ provider, id, contextWindow, cost, ...model }),
        key: provider === "google" ? "GEMINI_API_KEY" : "ANTHROPIC_API_KEY",
        ready: true,
      });
  });

  it("are those of the models file, also without their key, and the demo", async () => {
    const modelsFile = ModelsFile.parse({
      providers: {
        local: {
          ...local,
          apiKey: "$LOCAL_KEY",
          models: [{ id: "a", cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 } }],
        },
        open: {
          ...local,
          apiKey: "none",
          models: [{ id: "b", reasoning: true, thinkingLevelMap: { off: null, max: "max" } }],
        },
        anthropic: { modelOverrides: { "claude-fable-5": { name: "Ours", cost: { input: 7 } } } },
      },
    });
    const { models, providers } = await availableModels({ environment: { ANTHROPIC_API_KEY: "k" }, modelsFile });
    const find = (id: string) => models.find((model) => model.id === id);
    expect(find("local/a")).toMatchObject({
      key: "models file",
      ready: false,
      price: { output: 2 },
      contextWindow: 128_000,
    });
    expect(find("open/b")).toMatchObject({ ready: true, thinking: ["minimal", "low", "medium", "high", "max"] });
    expect(find("demo/scripted")).toMatchObject({ key: null, ready: true });
    expect(find("anthropic/claude-fable-5")).toMatchObject({ name: "Ours", price: { input: 7, output: 50 } });
    expect(providers).toEqual(expect.arrayContaining(["demo", "local", "open", "openai", "anthropic"]));
    expect(models.some(({ provider }) => provider === "openai")).toBe(false);
  });
});
