import { type Claim, type InvocationId, observation, type WorkerPresence } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { expect, it, onTestFinished, vi } from "vitest";
import { FleetFiguresReader } from "./fleet-figures.ts";
import { EXAMPLES } from "./openapi-examples.ts";
import { altered, away } from "./testing/backends.ts";

const QUEUE = { waiting: 0, delayed: 0, claimed: 0, paused: false };

/** A memory backend and a reader of its figures whose clock only moves when the test says so. */
function reading() {
  const backend = createMemoryBackend({ retentionMs: 60_000 });
  onTestFinished(() => backend.close());
  const clock = { nowMs: 0 };
  return { backend, clock, reader: new FleetFiguresReader(backend, () => clock.nowMs) };
}

it("counts what is claimed while it is, and nothing when all have ended", async () => {
  const { backend, clock, reader } = reading();
  const { promise: claimed, resolve: claim } = Promise.withResolvers<Claim>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const consumer = backend.queue.consume({ worker: "w_1", concurrency: 1, leaseMs: 60_000 }, async (taken) => {
    claim(taken);
    await ended;
    await taken.complete();
  });
  const id = EXAMPLES.Invocation.id as InvocationId;
  await backend.queue.enqueue({ id, carrier: {}, priority: 0, delayMs: 0 });
  await claimed;
  expect(await reader.read()).toMatchObject({ queue: { ...QUEUE, claimed: 1 } });
  end();
  await consumer.stop();
  clock.nowMs += 1_000;
  expect(await reader.read()).toMatchObject({ queue: QUEUE });
});

it("adds up what the workers can run", async () => {
  const { backend, reader } = reading();
  const worker: WorkerPresence = EXAMPLES.Worker;
  await backend.workers.beat({ ...worker, id: "w_1", concurrency: 4 }, 60_000);
  await backend.workers.beat({ ...worker, id: "w_2", concurrency: 2 }, 60_000);
  expect(await reader.read()).toMatchObject({ queue: QUEUE, workers: 2, slots: 6 });
});

it("tells what was repaired from what was measured, and how much is owed to collectors", async () => {
  const { backend, reader } = reading();
  await backend.counters.add({ lost_workers: 1, ...observation("queue_wait_seconds", 0.5, {}) });
  const figures = await reader.read();
  expect(figures?.repairs).toEqual({ lost_workers: 1 });
  expect(figures?.measured.histograms.get("queue_wait_seconds")).toMatchObject([{ count: 1, sum: 0.5 }]);
  expect(figures?.spool).toEqual({ spooled: 0, quarantined: 0 });
  expect(figures?.deliveries).toEqual({ pending: 0, outbox: 0 });
});

it("asks the database again when a second has passed, and no sooner", async () => {
  const { backend, clock } = reading();
  const depth = vi.fn(() => backend.queue.depth());
  const reader = new FleetFiguresReader(altered(backend, { queue: { depth } }), () => clock.nowMs);
  await Promise.all([reader.read(), reader.read()]);
  clock.nowMs = 999;
  await reader.read();
  expect(depth).toHaveBeenCalledTimes(1);
  clock.nowMs = 1_000;
  await reader.read();
  expect(depth).toHaveBeenCalledTimes(2);
});

it("knows nothing while the database is away", async () => {
  const { backend } = reading();
  const reader = new FleetFiguresReader(altered(backend, { workers: { list: away } }));
  expect(await reader.read()).toBeNull();
});
