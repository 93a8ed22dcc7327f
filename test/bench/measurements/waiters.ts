import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import type { InvocationId } from "@pifleet/invocation";
import type { PlayedFleet } from "../played-fleet.ts";
import type { RedisConsole } from "../redis-console.ts";
import type { Figure, Measure } from "../report.ts";
import { quantile } from "../statistics.ts";

const WAITERS = 1_000;
const WAIT_SECONDS = 60;
/** Between two settlements, milliseconds. */
const SETTLEMENT_MS = 5;
/** For how long nothing happens while all wait. */
const QUIET_MS = 2_000;
const SETTLED_MS = 250;

interface Round {
  readonly delays: readonly number[];
  /** The API's resident memory before, while all wait and after, MB. */
  readonly before: number;
  readonly meanwhile: number;
  readonly after: number;
  readonly commands: number;
}

/** What 1,000 requests that wait for their invocations cost one API, and how soon each is answered. */
export const measureWaiters: Measure = async ({ stage, rounds, say }) => {
  const fleet = await stage.playFleet();
  const fresh = residentMb(fleet.api.pid);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    measured.push(await waitOnce(fleet, stage.redis));
    say(`round ${round + 1} of ${rounds}`);
  }
  const figure = (name: string, unit: Figure["unit"], of: (round: Round) => number): Figure => ({
    name,
    unit,
    values: measured.map(of),
  });
  return {
    title: `Long-poll with ${WAITERS} waiters on one API`,
    method:
      `Each waits for a run of its own; one run after the other is settled, ${SETTLEMENT_MS} ms apart. From before ` +
      `the settlement until the client has read the answer. Redis is watched for ${QUIET_MS / 1_000} s meanwhile.`,
    figures: [
      figure("settlement → answer, p50", "ms", ({ delays }) => quantile(delays, 0.5)),
      figure("settlement → answer, p99", "ms", ({ delays }) => quantile(delays, 0.99)),
      figure("settlement → answer, longest", "ms", ({ delays }) => quantile(delays, 1)),
      { name: "RSS of the API, fresh", unit: "MB", values: [fresh] },
      figure("… before they come", "MB", ({ before }) => before),
      figure("… while all wait", "MB", ({ meanwhile }) => meanwhile),
      figure("… after", "MB", ({ after }) => after),
      figure("Redis commands while all wait", "commands", ({ commands }) => commands),
    ],
    comparisons: [],
  };
};

async function waitOnce(fleet: PlayedFleet, redis: RedisConsole): Promise<Round> {
  const ids = await fleet.startRuns(WAITERS);
  const before = residentMb(fleet.api.pid);
  const settledAt = new Map<InvocationId, number>();
  const answers = ids.map(async (id) => {
    await text(await fleet.get(`/v1/invocations/${id}?wait=${WAIT_SECONDS}`));
    return performance.now() - (settledAt.get(id) ?? Number.NaN);
  });
  // Each looks once at its invocation when it has begun to listen.
  await redis.subscribed(WAITERS);
  await redis.quiet(SETTLED_MS);
  const begin = await redis.commands();
  await setTimeout(QUIET_MS);
  const commands = (await redis.commands()) - begin;
  const meanwhile = residentMb(fleet.api.pid);
  const settlements: Promise<void>[] = [];
  for (const id of ids) {
    settledAt.set(id, performance.now());
    settlements.push(fleet.settle(id));
    await setTimeout(SETTLEMENT_MS);
  }
  await Promise.all(settlements);
  return { delays: await Promise.all(answers), before, meanwhile, after: residentMb(fleet.api.pid), commands };
}

/** Linux only. */
function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
  return Number(kilobytes) / 1_024;
}
