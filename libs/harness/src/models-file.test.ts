import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

  it.each([
    ["{ nonsense", /is no JSON/],
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
