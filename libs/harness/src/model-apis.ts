/** The APIs of providers that Pi speaks, by the names that a models file has for them; a test compares them with Pi's own. */
export const MODEL_APIS: readonly string[] = [
  "anthropic-messages",
  "azure-openai-responses",
  "bedrock-converse-stream",
  "google-generative-ai",
  "google-vertex",
  "mistral-conversations",
  "openai-codex-responses",
  "openai-completions",
  "openai-responses",
  "pi-messages",
];
