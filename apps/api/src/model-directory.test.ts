import { type CatalogModel, UnavailableError, type WorkerRegistry } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleWorker } from "@pifleet/testkit/samples";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ModelDirectory } from "./model-directory.ts";

const LONG_MS = 60_000;
const model = (id: string, rest: Partial<CatalogModel> = {}): CatalogModel => ({
  ...{ id, provider: id.split("/")[0] ?? "", name: id, contextWindow: 1_000, maxTokens: 100, input: ["text"] },
  ...{
    thinking: ["off"],
    price: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    key: "models file",
    ready: true,
  },
  ...rest,
});

let nowMs: number;
let registry: WorkerRegistry;
let directory: ModelDirectory;
beforeEach(() => {
  nowMs = 0;
  registry = createMemoryBackend({ retentionMs: LONG_MS }).workers;
  directory = new ModelDirectory(registry, () => nowMs);
});

async function work(id: string, providers: string[], models: CatalogModel[]): Promise<void> {
  await registry.beat({ ...sampleWorker(id), models: registry.offer({ providers, models }) }, LONG_MS);
}

describe("what the API knows of the fleet's models", () => {
  it("is what any worker can run, in order, those with a key before those without", async () => {
    await work("1", ["b"], [model("b/x", { ready: false }), model("b/a")]);
    await work("2", ["b"], [model("b/x", { key: "KEY" })]);
    expect(await directory.list()).toEqual([
      { ...model("b/a"), workers: 1 },
      { ...model("b/x", { key: "KEY" }), workers: 2 },
    ]);
  });

  it("refuses a model that no worker knows, and no other", async () => {
    await work("1", ["b", "keyless"], [model("b/x")]);
    expect(await directory.refusal("b/x")).toBeUndefined();
    expect(await directory.refusal("b/y")).toMatch(/no worker knows the model 'b\/y'; the provider has b\/x/);
    expect(await directory.refusal("c/y")).toMatch(/no worker knows the provider 'c'/);
    expect(await directory.refusal("keyless/y")).toBeUndefined();
  });

  it("refuses nothing without workers, when one of them has not said what it can run, or when nothing can be read", async () => {
    expect(await directory.refusal("c/y")).toBeUndefined();
    await work("1", ["b"], [model("b/x")]);
    await registry.beat(sampleWorker("older"), LONG_MS);
    nowMs += 10_000;
    expect(await directory.refusal("c/y")).toBeUndefined();
    vi.spyOn(registry, "list").mockRejectedValue(new UnavailableError("away"));
    nowMs += 10_000;
    expect(await directory.refusal("c/y")).toBeUndefined();
  });

  it("is read once for many submissions, and again soon for a model that seems to be unknown", async () => {
    await work("1", ["b"], [model("b/x")]);
    const list = vi.spyOn(registry, "list");
    await Promise.all(Array.from({ length: 100 }, () => directory.refusal("b/x")));
    await Promise.all(Array.from({ length: 100 }, () => directory.refusal("b/new")));
    expect(list).toHaveBeenCalledTimes(1);
    await work("2", ["b"], [model("b/new")]);
    nowMs += 300;
    expect(await directory.refusal("b/new")).toBeUndefined();
    expect(list).toHaveBeenCalledTimes(2);
  });
});
