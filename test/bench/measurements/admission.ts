import {
  type AdmissionLimits,
  type Backend,
  type Claim,
  type Invocation,
  NO_LIMITS,
  NO_USAGE,
  type Outcome,
} from "@pifleet/invocation";
import { sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
import type { RedisConsole } from "../redis-console.ts";
import type { Figure, Measure } from "../report.ts";

const HOUR_MS = 3_600_000;
const INVOCATIONS = 250;
const LIMITS: AdmissionLimits = { tenantQueued: 2_000, queued: 100_000, tenantRunning: 1_000, tenantBytes: 1e12 };
const WORKER = "worker-1";
const OUTCOME: Outcome = { status: "succeeded", output: "", messages: [], usage: NO_USAGE, error: null };

/** What an invocation costs in Redis commands, those within scripts counted one by one. */
export const measureAdmission: Measure = async ({ stage, rounds, say }) => {
  const counted = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    const count = async (step: string, work: () => Promise<unknown>) => {
      const each = (await commandsOf(stage.redis, work)) / INVOCATIONS;
      counted.set(step, [...(counted.get(step) ?? []), each]);
    };
    await record(await stage.connect(NO_LIMITS), 0, "recorded, no place free", count);
    await record(await stage.connect(LIMITS), INVOCATIONS + 1, "recorded and admitted, all limits set", count);
    await liveThrough(await stage.connect(NO_LIMITS), count);
    await queueAlone(await stage.connect(NO_LIMITS), count);
    say(`round ${round + 1} of ${rounds}`);
  }
  return {
    title: "Redis commands of an invocation",
    method: `${INVOCATIONS} invocations at once, without events, deliveries and background loops; "INFO commandstats".`,
    figures: [...counted].map(([name, values]): Figure => ({ name, unit: "commands", values })),
    comparisons: [],
  };
};

type Count = (step: string, work: () => Promise<unknown>) => Promise<void>;

async function record(
  { store, workers }: Backend,
  places: number,
  step: string,
  count: Count,
): Promise<readonly Invocation[]> {
  await workers.beat({ ...sampleWorker(WORKER), concurrency: places }, HOUR_MS);
  // The one reserve, and what is asked once in a while, are not counted.
  await store.create(sampleInvocation());
  const invocations = Array.from({ length: INVOCATIONS }, () => sampleInvocation());
  await count(step, () => all(invocations, (invocation) => store.create(invocation)));
  return invocations;
}

/** All that happens to an invocation which runs well. */
async function liveThrough(backend: Backend, count: Count): Promise<void> {
  const { store, queue, admission } = backend;
  const invocations = await record(backend, INVOCATIONS + 1, "recorded and admitted", count);
  const entries = invocations.map(({ id, carrier }) => ({ id, carrier, priority: 0, delayMs: 0 }));
  await count("put into the queue, and noted", () =>
    all(entries, async (entry) => {
      await queue.enqueue(entry);
      await store.markEnqueued(entry.id);
    }),
  );
  const claims: Claim[] = [];
  await count("claimed and started", async () => {
    claims.push(...(await claimAll(backend)));
    await all(claims, ({ id }) => store.start(id, WORKER));
  });
  await count("settled and completed", () =>
    all(claims, async (claim) => {
      await store.settle(claim.id, 1, { kind: "final", outcome: OUTCOME });
      await claim.complete();
    }),
  );
  await count("looked who is next", () => all(claims, () => admission.admit()));
}

/** What BullMQ takes for itself. */
async function queueAlone(backend: Backend, count: Count): Promise<void> {
  const invocations = Array.from({ length: INVOCATIONS }, () => sampleInvocation());
  await count("the queue alone: put in, claimed, completed", async () => {
    await all(invocations, ({ id, carrier }) => backend.queue.enqueue({ id, carrier, priority: 0, delayMs: 0 }));
    await all(await claimAll(backend), (claim) => claim.complete());
  });
}

/** Claims all that waits in the queue. */
async function claimAll({ queue }: Backend): Promise<Claim[]> {
  const claims: Claim[] = [];
  const complete = Promise.withResolvers<void>();
  const options = { worker: WORKER, concurrency: INVOCATIONS, leaseMs: HOUR_MS };
  const consumer = queue.consume(options, async (claim) => {
    if (claims.push(claim) === INVOCATIONS) complete.resolve();
    await complete.promise;
  });
  await complete.promise;
  await consumer.stop();
  return claims;
}

async function all<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  await Promise.all(items.map(act));
}

async function commandsOf(redis: RedisConsole, work: () => Promise<unknown>): Promise<number> {
  const before = await redis.commands();
  await work();
  return (await redis.commands()) - before;
}
