import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtinProviders } from "@earendil-works/pi-ai/providers/all";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MODEL_APIS } from "./model-apis.ts";
import { readModelsFile } from "./models-file.ts";

describe("the models file", () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "pifleet-models-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function written(text: string): Promise<string> {
    const path = join(directory, "models.json");
    await writeFile(path, text);
    return path;
  }

  it("is read with all that only Pi knows", async () => {
    const file = {
      providers: { local: { baseUrl: "http://x", api: "openai-completions", models: [{ id: "m", vLLM: 1 }] } },
    };
    expect(await readModelsFile(await written(JSON.stringify(file)))).toEqual(file);
  });

  it("may hold a schema, comments, trailing commas and overrides of single prices, as Pi's may", async () => {
    const text = `\uFEFF{
      "$schema": "https://example.com/models.json", // who checks it
      "providers": {
        // "old": {},
        "local": { "baseUrl": "http://x//y", "api": "openai-completions", "models": [{ "id": "a, ]" },], },
        "openai": { "modelOverrides": { "gpt": { "cost": { "input": 2 }, }, } },
      },
    }`;
    expect(await readModelsFile(await written(text))).toEqual({
      providers: {
        local: { baseUrl: "http://x//y", api: "openai-completions", models: [{ id: "a, ]" }] },
        openai: { modelOverrides: { gpt: { cost: { input: 2 } } } },
      },
    });
  });

  it("is read in linear time", async () => {
    await expect(readModelsFile(await written(`${"//".repeat(500_000)}${",".repeat(500_000)}"`))).rejects.toThrow(
      /is no JSON/,
    );
  });

  it("knows the APIs that Pi speaks", () => {
    const dialects = builtinProviders().flatMap((provider) => provider.getModels().map(({ api }) => api));
    expect([...new Set(dialects)].filter((api) => !MODEL_APIS.some((known) => known === api))).toEqual([]);
  });

  it.each([
    ["{ nonsense", /is no JSON/],
    [
      '{"providers": {"x": {"baseUrl": "http://x", "api": "openai", "models": [{"id": "m"}]}}}',
      /providers\.x\.api: is no API that Pi speaks; it speaks .*openai-completions/,
    ],
    [
      '{"providers": {"x": {"baseUrl": "http://x", "models": [{"id": "m"}]}}}',
      /providers\.x\.models\.0\.api: is missing, here and for the provider/,
    ],
    ["[]", /is malformed/],
    ['{"providers": {"x": {"apiKey": 5}}}', /is malformed: providers\.x\.apiKey: /],
    ['{"providers": {"x": {"models": [{}]}}}', /is malformed: providers\.x\.models\.0\.id: /],
  ])("%s is refused in one clear line", async (text, message) => {
    const error = await readModelsFile(await written(text)).catch((e) => e);
    expect(error).toMatchObject({ name: "ModelsFileError", message: expect.stringMatching(message) });
    expect(error.message).not.toContain("\n");
  });

  it("that is missing is said to be", async () => {
    await expect(readModelsFile(join(directory, "none.json"))).rejects.toThrow(/none\.json does not exist/);
  });
});
