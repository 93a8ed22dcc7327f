import { type Backend, type InvocationId, invocationError, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectBackend } from "../index.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const ownPrefix = useOwnKeys();
let backend: Backend;

beforeEach(async () => {
  const limits = { tenantQueued: null, queued: null, tenantRunning: 1, tenantBytes: null };
  const options = { url: TEST_REDIS_URL, prefix: ownPrefix(), retentionMs: 60_000, role: "worker" } as const;
  backend = await connectBackend({ ...options, limits });
});
afterEach(() => backend.close());

/** Submits, and puts into the queue what is admitted by it. */
async function submit(given: object = {}, tenant = "default"): Promise<InvocationId> {
  const invocation = sampleInvocation(given, { tenant });
  const created = await backend.store.create(invocation);
  if (created.kind === "created") await backend.queue.enqueue(...created.admitted);
  return invocation.id;
}

const beat = (concurrency: number, ttlMs = 60_000) =>
  backend.workers.beat({ ...sampleWorker("worker-1"), concurrency }, ttlMs);

describe("what a queued invocation waits for", () => {
  it("is a worker, when none is alive", async () => {
    const id = await submit();
    expect(await backend.admission.waitingFor(id)).toEqual({ reason: "no_worker" });
    await beat(1, 1);
    await expect.poll(() => backend.admission.waitingFor(id)).toEqual({ reason: "no_worker" });
  });

  it("is the queue, while it is paused", async () => {
    await beat(1);
    const id = await submit();
    await backend.queue.pause();
    expect(await backend.admission.waitingFor(id)).toEqual({ reason: "queue_paused" });
    await backend.queue.resume();
    expect(await backend.admission.waitingFor(id)).toEqual({ reason: "turn", ahead: 0 });
  });

  it("is its time, which it names", async () => {
    await beat(1);
    const before = Date.now();
    const waiting = await backend.admission.waitingFor(await submit({ delayMs: 3_600_000 }));
    expect(waiting).toEqual({ reason: "delay", until: expect.any(String) });
    expect(Math.abs(Date.parse(waiting?.until ?? "") - before - 3_600_000)).toBeLessThan(60_000);
  });

  it("is the limit of its tenant, or its turn, behind those that go first", async () => {
    await beat(2);
    const [first, second, third] = [await submit(), await submit(), await submit()];
    expect(await backend.admission.waitingFor(first)).toEqual({ reason: "turn", ahead: 0 });
    expect(await backend.admission.waitingFor(second)).toEqual({ reason: "tenant_limit", ahead: 0 });
    expect(await backend.admission.waitingFor(third)).toEqual({ reason: "tenant_limit", ahead: 1 });
    const others = [await submit({}, "a"), await submit({}, "b"), await submit({}, "c"), await submit({}, "d")];
    expect(await backend.admission.waitingFor(others.at(-1) as InvocationId)).toEqual({ reason: "turn", ahead: 0 });
  });

  it("is the time of its next attempt, when its entry is delayed", async () => {
    await beat(1);
    const id = await submit();
    const released = Promise.withResolvers<void>();
    const consumer = backend.queue.consume({ worker: "worker-1", concurrency: 1, leaseMs: 30_000 }, async (claim) => {
      await backend.store.start(claim.id, "worker-1");
      const error = invocationError("provider_overloaded", "busy");
      const outcome: Outcome = { status: "failed", output: null, messages: [], usage: NO_USAGE, error };
      await backend.store.settle(claim.id, 1, { kind: "again", outcome, delayMs: 3_600_000 });
      await claim.release(3_600_000);
      released.resolve();
    });
    await released.promise;
    await consumer.stop();
    const waiting = await backend.admission.waitingFor(id);
    expect(waiting).toEqual({ reason: "delay", until: expect.any(String) });
    expect(Math.abs(Date.parse(waiting?.until ?? "") - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });

  it("is nothing, once it runs, and for one that is not there", async () => {
    await beat(1);
    const id = await submit();
    await backend.store.start(id, "worker-1");
    expect(await backend.admission.waitingFor(id)).toBeNull();
    expect(await backend.admission.waitingFor(sampleInvocation().id)).toBeNull();
  });
});
