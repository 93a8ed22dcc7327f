import { type Backend, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { RedisServer } from "@pifleet/testkit";
import { sampleApiKey, sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";

const HOUR_MS = 3_600_000;
const MAX_BYTES = 32_000_000;
const DONE: Outcome = { status: "succeeded", output: "done", messages: [], usage: NO_USAGE, error: null };

let used: AsyncDisposableStack;
let redis: Redis;
let backend: Backend;

beforeEach(async () => {
  used = new AsyncDisposableStack();
  const server = used.use(await RedisServer.reserve());
  await server.start("--maxmemory", String(MAX_BYTES));
  redis = used.adopt(new Redis(server.url), (open) => open.disconnect());
  const options = { url: server.url, role: "worker", retentionMs: HOUR_MS } as const;
  backend = used.adopt(await connectBackend(options), (connected) => connected.close());
});
afterEach(() => used.disposeAsync());

/** Fills Redis up to a part of what it may use. */
async function fill(part: number): Promise<void> {
  for (let i = 0; ; i += 1) {
    const [, bytes = "0"] = /^used_memory:(\d+)/m.exec(await redis.info("memory")) ?? [];
    const missing = part * MAX_BYTES - Number(bytes);
    if (missing <= 0) return;
    await redis.set(`ballast:${i}`, "b".repeat(Math.min(100_000, missing + 1_000)));
  }
}

/** Lets it have used up what it may use. */
async function fillUp(): Promise<void> {
  await redis.config("SET", "maxmemory", "500000");
}

describe("a Redis that is nearly full", () => {
  it("takes no submissions, but repeats those that it has taken, and lets what runs end", async () => {
    const idempotency = { key: "one", fingerprint: "f" };
    const running = sampleInvocation();
    await backend.store.create(running, { idempotency });
    await backend.store.start(running.id, "worker-1");
    await fill(0.92);
    await vi.waitFor(
      async () =>
        expect(await backend.store.create(sampleInvocation())).toEqual({ kind: "storage_full", maxBytes: null }),
      { timeout: 10_000, interval: 100 },
    );
    expect(await backend.store.create(sampleInvocation(), { idempotency })).toMatchObject({ kind: "replayed" });
    expect(await backend.refusesWrites()).toBeNull();
    const at = new Date().toISOString();
    expect(await backend.events.append(running.id, 1, [{ type: "turn.started", at, attempt: 1, turn: 1 }])).toBe(
      "accepted",
    );
    expect(await backend.store.settle(running.id, 1, { kind: "final", outcome: DONE })).toBe("accepted");
  });
});

describe("a Redis that is full", () => {
  it("can be read, asked to cancel, and worked on to the end; it says why it takes no more", async () => {
    const { store, apiKeys, workers, events } = backend;
    const key = sampleApiKey();
    await apiKeys.create(key);
    const [queued, running, ended] = [sampleInvocation(), sampleInvocation(), sampleInvocation()];
    for (const invocation of [queued, running, ended]) await store.create(invocation);
    for (const { id } of [running, ended]) await store.start(id, "worker-1");
    await fillUp();
    expect(await backend.refusesWrites()).toMatch(/^Redis is full/);
    expect(await store.create(sampleInvocation())).toEqual({ kind: "storage_full", maxBytes: null });
    expect((await store.list({ tenant: "default", limit: 10 })).items).toHaveLength(3);
    expect((await events.read(running.id, { limit: 10 })).events).toHaveLength(2);
    expect(await apiKeys.use(key.id, { perSecond: 10, burst: 20 })).toMatchObject({ allowed: true });
    await workers.beat(sampleWorker("worker-1"), HOUR_MS);
    expect(await workers.lead("janitor", "worker-1", HOUR_MS)).toBe(true);
    expect(await store.cancel("default", queued.id)).toMatchObject({ kind: "cancelled" });
    expect(await store.cancel("default", running.id)).toMatchObject({ kind: "requested" });
    expect(await store.settle(ended.id, 1, { kind: "final", outcome: DONE })).toBe("accepted");
    await vi.waitFor(async () => expect(await redis.hexists(`pifleet:{0}:invocation:${ended.id}`, "folded")).toBe(1));
    expect(await store.read(ended.id)).toMatchObject({ status: "succeeded", output: "done" });
  });
});
