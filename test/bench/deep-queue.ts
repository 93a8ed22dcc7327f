import { randomUUID } from "node:crypto";
import type { Backend } from "@pifleet/invocation";
import { connectBackend } from "@pifleet/redis";
import { sampleInvocation } from "@pifleet/testkit/samples";
import type { Fleet } from "../fleet/fleet.ts";
import { promptFor } from "./agent.ts";
import { ClaimProbe } from "./claim-probe.ts";
import type { Measure } from "./report.ts";
import type { Stage } from "./stage.ts";

const CALLS = ["submit", "get", "list", "list of queued", "cancel", "claim"] as const;
type Call = (typeof CALLS)[number];
type Times = Record<Call, number[]>;

/** A fleet whose only place is taken, and what is measured of it. */
interface Side {
  readonly fleet: Fleet;
  readonly backend: Backend;
  readonly probe: ClaimProbe;
}

const DEPTH = 100_000;
const SAMPLES_PER_ROUND = 50;
const TENANT = "default";
const HOUR_MS = 3_600_000;
const INPUT = "Say what is to be said. ".repeat(20);
/** So many are queued on the idle fleet, that a page of a list is as long as on the other. */
const PAGE = 20;
const AT_ONCE = 250;
const WARM_UP = 30;
const NO_LIMIT = "10000000";

/**
 * How long each call takes on an idle fleet and on one where so many wait, in turns: through the real API, and a claim
 * through the ports, from a free place to the start. Each fleet has an API and a worker, whose loops run all the while.
 */
export const measureDeepQueue: Measure = async ({ stage, rounds, say }) => {
  const [idle, deep] = await Promise.all([openSide(stage), openSide(stage)]);
  await fill(idle.backend, PAGE);
  for (let queued = 0; queued < DEPTH; queued += DEPTH / 10) {
    await fill(deep.backend, DEPTH / 10);
    say(`${queued + DEPTH / 10} are queued`);
  }
  for (let sample = 0; sample < WARM_UP; sample += 1) {
    await time(idle, noTimes());
    await time(deep, noTimes());
  }
  const [off, on, again] = [noTimes(), noTimes(), noTimes()];
  for (let sample = 0; sample < rounds * SAMPLES_PER_ROUND; sample += 1) {
    await time(idle, off);
    await time(deep, on);
    await time(deep, again);
  }
  return {
    title: `Calls with ${DEPTH.toLocaleString("en")} queued invocations (on) and with ${PAGE} (off)`,
    method: "One call at a time, on the idle fleet and twice on the other, in turns. The places are taken.",
    figures: [],
    comparisons: CALLS.map((name) => ({ name, unit: "ms", off: off[name], on: on[name], again: again[name] })),
  };
};

async function openSide(stage: Stage): Promise<Side> {
  const { redis, redisUrl, models } = stage;
  const stack = stage.use(new AsyncDisposableStack());
  const prefix = `bench-${randomUUID()}`;
  stack.defer(async () => redis.remove(await redis.keys(prefix)));
  const fleet = stack.use(await stage.startPrograms({ models: models.modelsFile(), env: environment(prefix) }));
  const backend = await connectBackend({ url: redisUrl, prefix, retentionMs: HOUR_MS, role: "worker" });
  stack.defer(() => backend.close());
  await takeOnlyPlace(fleet, backend);
  const probe = new ClaimProbe(backend);
  stack.defer(() => probe.stop());
  return { fleet, backend, probe };
}

function environment(prefix: string): Record<string, string> {
  return {
    PIFLEET_REDIS_PREFIX: prefix,
    PIFLEET_CONCURRENCY: "1",
    PIFLEET_GRACE_MS: "0",
    PIFLEET_TENANT_QUEUED: NO_LIMIT,
    PIFLEET_QUEUED: NO_LIMIT,
    OTEL_SDK_DISABLED: "true",
  };
}

async function takeOnlyPlace(fleet: Fleet, backend: Backend): Promise<void> {
  const { id } = await fleet.client.invocations.create({ model: "fake/test", input: promptFor("waiting") });
  while ((await fleet.client.invocations.get(id)).status === "queued") await backend.ping();
}

/** Queues as many as it takes; nobody has a place for them. */
async function fill({ store }: Backend, count: number): Promise<void> {
  for (let queued = 0; queued < count; queued += AT_ONCE) {
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - queued) }, () =>
        store.create(sampleInvocation({ model: "fake/test", input: INPUT }, { tenant: TENANT })),
      ),
    );
  }
}

function noTimes(): Times {
  return { submit: [], get: [], list: [], "list of queued": [], cancel: [], claim: [] };
}

/** Makes each call once. The queue is as deep afterwards as before: one of the new ones is cancelled, one claimed. */
async function time({ fleet, probe }: Side, times: Times): Promise<void> {
  const { invocations } = fleet.client;
  const submission = { model: "fake/test", input: INPUT };
  const timed = async <T>(call: Call, make: () => Promise<T>): Promise<T> => {
    const begin = performance.now();
    const made = await make();
    times[call].push(performance.now() - begin);
    return made;
  };
  await invocations.create(submission);
  const { id } = await timed("submit", () => invocations.create(submission));
  await timed("get", () => invocations.get(id));
  await timed("list", () => invocations.list({ limit: PAGE }));
  await timed("list of queued", () => invocations.list({ limit: PAGE, status: "queued" }));
  await timed("cancel", () => invocations.cancel(id));
  times.claim.push(await probe.claim());
}
