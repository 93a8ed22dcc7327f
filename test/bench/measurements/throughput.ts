import { CONCURRENCY, startHandWritten, startNoOp } from "../baseline/baselines.ts";
import { PiAlone } from "../baseline/pi-alone.ts";
import { SdkProcess } from "../baseline/sdk-process.ts";
import { now } from "../clock.ts";
import { type Contestant, type ContestantName, runAll } from "../contestants/contestant.ts";
import { OurFleet } from "../contestants/our-fleet.ts";
import type { CpuTime, MeasuredFleet } from "../measured-fleet.ts";
import type { Figure, Measure } from "../report.ts";
import type { Stage } from "../stage.ts";

interface Measured {
  readonly by: ContestantName;
  readonly contestant: Contestant;
  /** Runs in a round. */
  readonly runs: number;
  /** Makes them as fast as it can. Default: submits them at once, and waits for each. */
  readonly run?: () => Promise<void>;
  readonly rounds: Round[];
}

interface Round {
  readonly runsPerSecond: number;
  /** Of each run, milliseconds. */
  readonly cpuMs: number;
}

const RUNS = 16;
const ALONE_RUNS = 4;
const SDK_RUNS = 64;
const NO_OP_RUNS = 2_000;

/** What each gets done with as many runs at once as a worker of ours takes by default, and what CPU a run costs. */
export const measureThroughput: Measure = async ({ stage, rounds, say }) => {
  const { measured: fleet, ...ours } = await startOurs(stage);
  const others = await startOthers(stage);
  for (const measured of [ours, ...others]) await saturate({ ...measured, rounds: [] });
  const parts: CpuTime[] = [];
  const modelMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await fleet.rest();
    const before = await fleet.cpuTime();
    const modelBefore = stage.models.cpuMs();
    await saturate(ours);
    modelMs.push((stage.models.cpuMs() - modelBefore) / RUNS);
    parts.push(share(before, await fleet.cpuTime(), RUNS));
    for (const other of others) await saturate(other);
    say(`round ${round + 1} of ${rounds}`);
  }
  return {
    title: "Throughput and CPU",
    method:
      `${RUNS} invocations at once, of which a worker runs ${CONCURRENCY} at a time; one answer of the model. pi -p runs one ` +
      "after the other, the SDK all at once. CPU is that of all processes and of Redis, but not of the client, the fake " +
      "model and the collector.",
    figures: [
      ...[ours, ...others].flatMap(figures),
      ...partFigures(parts),
      { name: "CPU of the fake model for a run, counted nowhere", unit: "ms", values: modelMs },
    ],
    comparisons: [],
  };
};

async function startOurs(stage: Stage): Promise<Measured & { measured: MeasuredFleet }> {
  const env = { PIFLEET_CONCURRENCY: String(CONCURRENCY) };
  const measured = await stage.startFleet({ traced: true, env });
  return { measured, by: "Pi Fleet", contestant: new OurFleet(measured), runs: RUNS, rounds: [] };
}

async function startOthers(stage: Stage): Promise<Measured[]> {
  const { pi } = stage;
  const noOp = await startNoOp(stage, false);
  return [
    { by: "hand-written", contestant: await startHandWritten(stage), runs: RUNS, rounds: [] },
    { by: "pi -p", contestant: new PiAlone(pi), runs: ALONE_RUNS, rounds: [] },
    { by: "SDK in process", contestant: stage.use(await SdkProcess.start(pi)), runs: SDK_RUNS, rounds: [] },
    { by: "raw BullMQ", contestant: noOp, runs: NO_OP_RUNS, run: () => noOp.runAll("chat", NO_OP_RUNS), rounds: [] },
  ];
}

async function saturate({ contestant, runs, run, rounds }: Measured): Promise<void> {
  await contestant.rest();
  const before = await contestant.cpuMs();
  const begin = now();
  await (run ? run() : runAll(contestant, "chat", runs));
  const runsPerSecond = (1_000 * runs) / (now() - begin);
  await contestant.rest();
  rounds.push({ runsPerSecond, cpuMs: ((await contestant.cpuMs()) - before) / runs });
}

function figures({ by, rounds }: Measured): Figure[] {
  return [
    { name: "throughput", by, unit: "runs/s", values: rounds.map(({ runsPerSecond }) => runsPerSecond) },
    { name: "CPU of a run", by, unit: "ms", values: rounds.map(({ cpuMs }) => cpuMs) },
  ];
}

function share(before: CpuTime, after: CpuTime, runs: number): CpuTime {
  const each = (of: (time: CpuTime) => number) => (of(after) - of(before)) / runs;
  return {
    api: each(({ api }) => api),
    worker: each(({ worker }) => worker),
    runners: each(({ runners }) => runners),
    redis: each(({ redis }) => redis),
  };
}

function partFigures(parts: readonly CpuTime[]): Figure[] {
  const cpu = (name: string, of: (time: CpuTime) => number): Figure => ({ name, unit: "ms", values: parts.map(of) });
  return [
    cpu("… of the runner", ({ runners }) => runners),
    cpu("… of the worker", ({ worker }) => worker),
    cpu("… of the API", ({ api }) => api),
    cpu("… of Redis", ({ redis }) => redis),
  ];
}
