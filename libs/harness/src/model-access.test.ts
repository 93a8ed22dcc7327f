import { findEnvKeys } from "@earendil-works/pi-ai/compat";
import { builtinProviders } from "@earendil-works/pi-ai/providers/all";
import { describe, expect, it } from "vitest";
import { modelAccess } from "./model-access.ts";
import { PROVIDER_KEYS } from "./provider-keys.ts";

const environment = { ANTHROPIC_API_KEY: "sk-ant-1", OPENAI_API_KEY: "sk-2", LOCAL_KEY: "k$3", TEAM: "blue" };
const local = { baseUrl: "http://127.0.0.1:1/v1", api: "openai-completions", models: [{ id: "m" }] };

const failureOf = (model: string, provider: Record<string, unknown> = local) =>
  modelAccess({ model, environment, modelsFile: { providers: { local: provider } } });

describe("the access to a model", () => {
  it("of a built-in provider has the key of this provider alone", () => {
    const access = modelAccess({ model: "anthropic/claude-x", environment });
    expect(access).toEqual({ kind: "ready", provider: "anthropic", model: "claude-x", apiKey: "sk-ant-1" });
  });

  it("keeps the slashes of the model's own id", () => {
    const access = modelAccess({ model: "openrouter/a/b:free", environment: { OPENROUTER_API_KEY: "k" } });
    expect(access).toMatchObject({ provider: "openrouter", model: "a/b:free" });
  });

  it("to the demo needs no key", () => {
    const access = modelAccess({ model: "demo/scripted", environment: {} });
    expect(access).toEqual({ kind: "ready", provider: "demo", model: "scripted" });
  });

  it("that the models file defines has its key and headers resolved, and written so that Pi resolves them no more", () => {
    const provider = { ...local, apiKey: "$LOCAL_KEY", headers: { "x-team": "$TEAM", "x-key": `\${LOCAL_KEY}` } };
    const access = modelAccess({ model: "local/m", environment, modelsFile: { providers: { local: provider } } });
    expect(access).toMatchObject({ kind: "ready", apiKey: "k$3" });
    expect(access).toHaveProperty("providerConfig.headers", { "x-team": "blue", "x-key": "k$$3" });
    expect(access).not.toHaveProperty("providerConfig.apiKey");
  });

  it("hands on the settings that the provider needs, and no others", () => {
    const keys = { AZURE_OPENAI_API_KEY: "k", AZURE_OPENAI_BASE_URL: "https://x", ANTHROPIC_API_KEY: "other" };
    const access = modelAccess({ model: "azure/gpt", environment: keys });
    expect(access).toMatchObject({ providerEnvironment: { AZURE_OPENAI_BASE_URL: "https://x" } });
    expect(JSON.stringify(access)).not.toContain("other");
  });

  it.each([
    ["nobody/m", /Provider 'nobody' is unknown.*local/],
    ["constructor/m", /Provider 'constructor' is unknown/],
    ["local/other", /has no model 'other'/],
    ["nothing", /name it as provider\/model/],
  ])("%s is not found", (model, message) => {
    expect(failureOf(model)).toMatchObject({
      failure: { code: "model_not_found", message: expect.stringMatching(message) },
    });
  });

  it.each([
    ["google/gemini", local, /set GEMINI_API_KEY in the workers' environment/],
    ["local/m", local, /give it an apiKey in the models file/],
    ["local/m", { ...local, apiKey: "$ABSENT" }, /names ABSENT: set it/],
    ["local/m", { ...local, apiKey: "!pass show key" }, /is a command/],
    ["local/m", { ...local, apiKey: "k", headers: { "x-a": "$ABSENT" } }, /Header x-a .* names ABSENT/],
  ])("%s without a key says what to set", (model, provider, message) => {
    const failure = { code: "provider_auth", message: expect.stringMatching(message) };
    expect(failureOf(model, provider)).toMatchObject({ failure });
  });
});

/** A token that Pi sends in another header than a key, which we do not. */
const SENT_OTHERWISE = new Set(["ANTHROPIC_AUTH_TOKEN"]);

describe("the table of the providers' keys", () => {
  it.each(Object.entries(PROVIDER_KEYS))(
    "names the same variables as Pi, in the same order, for %s",
    (provider, variables) => {
      const everythingIsSet = new Proxy({}, { get: () => "a-key" });
      const found = findEnvKeys(provider, everythingIsSet);
      expect(found?.filter((name) => !SENT_OTHERWISE.has(name))).toEqual(
        provider === "amazon-bedrock" ? undefined : variables,
      );
    },
  );

  it("knows every provider of Pi's that takes a key", () => {
    const withKey = builtinProviders().filter(({ auth }) => auth.apiKey);
    const unknown = withKey.map(({ id }) => id).filter((id) => !(id in PROVIDER_KEYS));
    expect(unknown).toEqual([]);
  });
});
