import type { Task } from "../agent.ts";
import type { MeasuredFleet } from "../measured-fleet.ts";
import { type Recording, recordRun } from "../replay/recording.ts";
import type { Comparison, Figure, Measure, Report, Setting } from "../report.ts";
import type { Stage } from "../stage.ts";
import { median, pairwise } from "../statistics.ts";

interface Run {
  readonly task: Task;
  /** What the agent does. */
  readonly told: string;
  /** Invocations with the real runner in a round. */
  readonly invocations: number;
}

/** What one round cost, for each invocation: CPU in milliseconds, Redis in bytes. */
interface Cost {
  readonly api: number;
  readonly worker: number;
  readonly redis: number;
  readonly runner: number;
  readonly sentBytes: number;
  readonly keptBytes: number;
}

type Side = "off" | "on" | "again";

const SIDES: readonly Side[] = ["off", "on", "again"];
/** Invocations that replay the run in a round of each side, all of them at once. */
const REPLAYS = 24;

const METHOD =
  `Two fleets that trace into a collector on loopback (on, and on again), and one into whose API and worker nothing of ` +
  `tracing is loaded (off), take turns on one Redis, in another order each round: ${REPLAYS} invocations at once whose runners ` +
  `replay what the real one said, at its pace. Another fleet that traces shows what an invocation takes with the real runner. ` +
  `All figures are for one invocation.`;

/** What tracing costs a run of 4 turns with 3 tool calls. */
export const measureShortTracing: Measure = (setting) =>
  measure(setting, { task: "short", told: "4 turns, 3 tool calls", invocations: 6 });

/** What tracing costs a run with 20 tool calls whose model streams 3,000 deltas. */
export const measureLongTracing: Measure = (setting) =>
  measure(setting, { task: "long", told: "20 tool calls, 3,000 deltas", invocations: 4 });

async function measure(setting: Setting, run: Run): Promise<Report> {
  const { stage, rounds, say } = setting;
  const real = await stage.startFleet({ traced: true });
  const fleets = await replayingFleets(stage, await recordRun(run.task, stage.models));
  await real.run(run.task, run.invocations);
  for (const side of SIDES) await fleets[side].run(run.task, REPLAYS);
  const whole: Cost[] = [];
  const costs: Record<Side, Cost[]> = { off: [], on: [], again: [] };
  for (let round = 0; round < rounds; round += 1) {
    whole.push(await costOf(real, stage, run.task, run.invocations));
    for (const side of turn(round)) costs[side].push(await costOf(fleets[side], stage, run.task, REPLAYS));
    say(`round ${round + 1} of ${rounds}`);
  }
  const comparisons = comparisonsOf(costs);
  const figures = shares(costs, whole);
  return { title: `Cost of tracing: ${run.told}`, method: METHOD, comparisons, figures };
}

async function replayingFleets(stage: Stage, recording: Recording): Promise<Record<Side, MeasuredFleet>> {
  const env = { PIFLEET_CONCURRENCY: String(REPLAYS) };
  return {
    off: await stage.startFleet({ traced: false, recording, env }),
    on: await stage.startFleet({ traced: true, recording, env }),
    again: await stage.startFleet({ traced: true, recording, env }),
  };
}

/** The sides in another order each round, so that none is always the first. */
function turn(round: number): Side[] {
  const first = round % SIDES.length;
  return [...SIDES.slice(first), ...SIDES.slice(0, first)];
}

async function costOf(fleet: MeasuredFleet, { redis }: Stage, task: Task, invocations: number): Promise<Cost> {
  const look = async () => {
    await fleet.rest();
    const keptBytes = await fleet.keptBytes();
    const { runners, ...services } = await fleet.cpuTime();
    return { ...services, runner: runners, sentBytes: await redis.figure("stats", "total_net_input_bytes"), keptBytes };
  };
  const before = await look();
  await fleet.run(task, invocations);
  const after = await look();
  const each = (name: keyof Cost) => (after[name] - before[name]) / invocations;
  return {
    api: each("api"),
    worker: each("worker"),
    redis: each("redis"),
    runner: each("runner"),
    sentBytes: each("sentBytes"),
    keptBytes: each("keptBytes"),
  };
}

function comparisonsOf({ off, on, again }: Record<Side, Cost[]>): Comparison[] {
  const compared = (name: string, unit: Comparison["unit"], of: (cost: Cost) => number): Comparison => ({
    name,
    unit,
    off: off.map(of),
    on: on.map(of),
    again: again.map(of),
  });
  return [
    compared("CPU of the worker", "ms", ({ worker }) => worker),
    compared("CPU of the API", "ms", ({ api }) => api),
    compared("CPU of Redis", "ms", ({ redis }) => redis),
    compared("CPU of these three", "ms", ofServices),
    compared("sent to Redis", "bytes", ({ sentBytes }) => sentBytes),
    compared("kept in Redis", "bytes", ({ keptBytes }) => keptBytes),
  ];
}

/** What tracing takes of all CPU of an invocation, and what would be measured of no difference at all. */
function shares({ off, on, again }: Record<Side, Cost[]>, real: readonly Cost[]): Figure[] {
  const whole = real.map((cost) => ofServices(cost) + cost.runner);
  const share = (a: readonly Cost[], b: readonly Cost[]) =>
    pairwise(a.map(ofServices), b.map(ofServices), (x, y) => (100 * (x - y)) / median(whole));
  return [
    { name: "CPU of an invocation with the real runner", unit: "ms", values: whole },
    { name: "share of tracing in it (on − off)", unit: "%", values: share(on, off) },
    { name: "noise of that share (on again − on)", unit: "%", values: share(again, on) },
  ];
}

function ofServices({ api, worker, redis }: Cost): number {
  return api + worker + redis;
}
