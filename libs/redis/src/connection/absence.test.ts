import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Backend, newInvocationId, UnavailableError } from "@pifleet/invocation";
import { RedisServer } from "@pifleet/testkit";
import { sampleApiKey, sampleInvocation } from "@pifleet/testkit/samples";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";
import type { Role } from "./connections.ts";

const HOUR_MS = 3_600_000;
const id = newInvocationId();

let server: RedisServer;
let backends: Promise<Backend>[];

beforeEach(async () => {
  server = await RedisServer.reserve();
  backends = [];
});
afterEach(async () => {
  server.thaw();
  for (const backend of backends) await (await backend).close();
  await server[Symbol.asyncDispose]();
});

function connect(role: Role, onFault?: (error: Error) => void): Promise<Backend> {
  const backend = connectBackend({ url: server.url, role, retentionMs: HOUR_MS, onFault });
  backends.push(backend);
  return backend;
}

describe("an API process without Redis", () => {
  it("starts, and is told by every port at once that it is unavailable", async () => {
    const onFault = vi.fn();
    const { store, queue, events, changes, spans, spool, apiKeys, workers, ping } = await connect("api", onFault);
    const operations = [
      () => store.create(sampleInvocation()),
      () => store.get("default", id),
      () => store.list({ tenant: "default", limit: 10 }),
      () => store.cancel("default", id),
      () => store.markEnqueued(id),
      () => queue.enqueue({ id, carrier: {}, priority: 0, delayMs: 0 }),
      () => queue.remove(id),
      () => queue.depth(),
      () => queue.pause(),
      () => events.read(id, { limit: 10 }),
      () => changes.watch(id, () => undefined),
      () => spans.read(id),
      () => spans.journal(id, 1),
      () => spans.finish(id, 1, []),
      () => spool.take(1, HOUR_MS),
      () => spool.record({ id, attempt: 1 }, {}, { kind: "never" }),
      () => spool.size(),
      () => apiKeys.get(sampleApiKey().id),
      () => apiKeys.list(),
      () => apiKeys.use(sampleApiKey().id, { perSecond: 1, burst: 1 }),
      () => workers.list(),
      ping,
    ];
    for (const operation of operations) await expect(operation()).rejects.toBeInstanceOf(UnavailableError);
    await vi.waitFor(() => expect(onFault).toHaveBeenCalled());
  });

  it("works as soon as Redis is there, and again after Redis was away", async () => {
    const backend = await connect("api");
    for (const _time of ["first", "second"]) {
      await server.start();
      await vi.waitFor(() => backend.ping(), 10_000);
      const invocation = sampleInvocation();
      await vi.waitFor(() => backend.store.create(invocation), 10_000);
      await backend.queue.enqueue({ id: invocation.id, carrier: {}, priority: 0, delayMs: 0 });
      expect(await backend.queue.depth()).toMatchObject({ waiting: 1 });
      await server.stop();
      await expect(backend.store.get("default", invocation.id)).rejects.toBeInstanceOf(UnavailableError);
    }
  });

  it("submits nothing late: what failed while Redis was frozen does not happen when it goes on", async () => {
    await server.start();
    const { store, ping } = await connect("api");
    await vi.waitFor(() => ping());
    await store.create(sampleInvocation());
    server.freeze();
    const late = sampleInvocation();
    await expect(store.create(late, { idempotency: { key: "k", fingerprint: "f" } })).rejects.toBeInstanceOf(
      UnavailableError,
    );
    server.thaw();
    const other = sampleInvocation();
    await vi.waitFor(() => store.create(other, { idempotency: { key: "k", fingerprint: "f" } }), 10_000);
    expect(await store.get("default", late.id)).toBeNull();
    expect((await store.list({ tenant: "default", limit: 10 })).items).toHaveLength(2);
  });

  it("calls its watchers when it can listen again", async () => {
    await server.start();
    const { changes, ping } = await connect("api");
    await vi.waitFor(() => ping());
    const watcher = vi.fn();
    await vi.waitFor(() => changes.watch(id, watcher));
    await server.stop();
    expect(watcher).not.toHaveBeenCalled();
    await server.start();
    await vi.waitFor(() => expect(watcher).toHaveBeenCalledTimes(1), 10_000);
  });
});

describe("a worker without Redis", () => {
  it("waits for it to start", async () => {
    const connected = vi.fn();
    const backend = connect("worker").then(connected);
    await new Promise((resolve) => setImmediate(resolve));
    expect(connected).not.toHaveBeenCalled();
    await server.start();
    await backend;
  });

  it("gives up waiting when it is told to, and leaves nothing open that would keep its process alive", async () => {
    const program = fileURLToPath(new URL("../testing/impatient-worker.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, server.url]);
    expect(stdout).toBe("UnavailableError");
  });

  it("gives up when it is told to while Redis accepts connections and does not answer", async () => {
    await server.start();
    server.freeze();
    const impatience = new AbortController();
    const connecting = connectBackend({
      url: server.url,
      role: "worker",
      retentionMs: HOUR_MS,
      signal: impatience.signal,
    });
    setImmediate(() => impatience.abort());
    await expect(connecting).rejects.toBeInstanceOf(UnavailableError);
  });

  it("does not begin to wait when it was told to give up before", async () => {
    await server.start();
    const signal = AbortSignal.abort(new Error("the worker was stopped"));
    const connecting = connectBackend({ url: server.url, role: "worker", retentionMs: HOUR_MS, signal });
    await expect(connecting).rejects.toMatchObject({
      name: "UnavailableError",
      cause: { message: "the worker was stopped" },
    });
  });

  it("goes on to claim when Redis is back", async () => {
    await server.start();
    const { queue } = await connect("worker");
    const claims: string[] = [];
    const consumer = queue.consume({ worker: "worker-1", concurrency: 1, leaseMs: 5_000 }, async (claim) => {
      claims.push(claim.id);
      await claim.complete();
    });
    await queue.enqueue({ id, carrier: {}, priority: 0, delayMs: 0 });
    await vi.waitFor(() => expect(claims).toEqual([id]));
    await server.stop();
    const next = newInvocationId();
    const enqueued = queue.enqueue({ id: next, carrier: {}, priority: 0, delayMs: 0 });
    await server.start();
    await enqueued;
    await vi.waitFor(() => expect(claims).toEqual([id, next]), 15_000);
    await consumer.stop();
  });

  it("doubts a claim when its lease may have run out while Redis does not answer, and holds it again afterwards", async () => {
    await server.start();
    const { queue } = await connect("worker");
    const handled = Promise.withResolvers<void>();
    const claimed = Promise.withResolvers<Parameters<Parameters<typeof queue.consume>[1]>[0]>();
    const consumer = queue.consume({ worker: "worker-1", concurrency: 1, leaseMs: 3_000 }, async (claim) => {
      claimed.resolve(claim);
      await handled.promise;
    });
    await queue.enqueue({ id, carrier: {}, priority: 0, delayMs: 0 });
    const claim = await claimed.promise;
    const doubts: boolean[] = [];
    claim.onDoubt((inDoubt) => doubts.push(inDoubt));
    server.freeze();
    expect(await claim.renew()).toBe(true);
    expect(doubts).toEqual([]);
    await vi.waitFor(() => expect(doubts).toEqual([true]), 10_000);
    expect(await claim.renew()).toBe(true);
    server.thaw();
    await vi.waitFor(async () => {
      expect(await claim.renew()).toBe(true);
      expect(doubts).toEqual([true, false]);
    }, 10_000);
    expect(claim.lost.aborted).toBe(false);
    handled.resolve();
    await consumer.stop();
  });
});

describe("a backend that is closed", () => {
  it.each(["api", "worker"] as const)("fails what waits for Redis to come back, as %s", async (role) => {
    await server.start();
    const backend = await connect(role);
    await vi.waitFor(() => backend.ping());
    await server.stop();
    const pending = backend.store.get("default", id);
    const outcome = expect(pending).rejects.toBeInstanceOf(UnavailableError);
    await backend.close();
    await backend.close();
    await outcome;
  });

  it("does not wait for a Redis that was never there", async () => {
    const backend = await connect("api");
    await backend.close();
    await expect(backend.ping()).rejects.toBeInstanceOf(UnavailableError);
  });

  it("does not wait for a frozen Redis", async () => {
    await server.start();
    const backend = await connect("worker");
    const consumer = backend.queue.consume(
      { worker: "worker-1", concurrency: 1, leaseMs: 5_000 },
      async () => undefined,
    );
    await backend.queue.enqueue({ id, carrier: {}, priority: 0, delayMs: 0 });
    server.freeze();
    await backend.close();
    await consumer.stop();
  });
});

describe("a Redis that may drop keys", () => {
  it("is reported", async () => {
    await server.start("--maxmemory-policy", "allkeys-lru");
    const onFault = vi.fn();
    await connect("worker", onFault);
    await vi.waitFor(() => expect(String(onFault.mock.calls)).toContain("allkeys-lru"));
  });
});
