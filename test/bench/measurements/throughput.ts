import type { CpuTime, MeasuredFleet } from "../measured-fleet.ts";
import type { Figure, Measure } from "../report.ts";

const RUNS_PER_ROUND = 16;

interface Round {
  readonly runsPerSecond: number;
  /** Of each invocation. */
  readonly cpu: CpuTime;
}

/** What one worker gets done with as many runs at once as it takes by default, and what CPU each of them costs. */
export const measureThroughput: Measure = async ({ stage, rounds, say }) => {
  const fleet = await stage.startFleet({ traced: true });
  await fleet.run("chat", RUNS_PER_ROUND);
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    results.push(await saturate(fleet));
    say(`round ${round + 1} of ${rounds}`);
  }
  const cpu = (name: string, of: (time: CpuTime) => number): Figure => ({
    name,
    unit: "ms",
    values: results.map((round) => of(round.cpu)),
  });
  return {
    title: "Throughput and CPU, default concurrency",
    method: `${RUNS_PER_ROUND} invocations submitted at once to one API and one worker; one answer of the model each.`,
    figures: [
      { name: "throughput", unit: "runs/s", values: results.map(({ runsPerSecond }) => runsPerSecond) },
      cpu("CPU of an invocation", ({ api, worker, runners, redis }) => api + worker + runners + redis),
      cpu("… of the runner", ({ runners }) => runners),
      cpu("… of the worker", ({ worker }) => worker),
      cpu("… of the API", ({ api }) => api),
      cpu("… of Redis", ({ redis }) => redis),
    ],
    comparisons: [],
  };
};

async function saturate(fleet: MeasuredFleet): Promise<Round> {
  const before = await fleet.cpuTime();
  const begin = Date.now();
  const records = await fleet.run("chat", RUNS_PER_ROUND);
  const after = await fleet.cpuTime();
  const lastEndMs = Math.max(...records.map(({ endedAt }) => Date.parse(endedAt ?? "")));
  const each = (of: (time: CpuTime) => number) => (of(after) - of(before)) / RUNS_PER_ROUND;
  return {
    runsPerSecond: (1_000 * RUNS_PER_ROUND) / (lastEndMs - begin),
    cpu: {
      api: each(({ api }) => api),
      worker: each(({ worker }) => worker),
      runners: each(({ runners }) => runners),
      redis: each(({ redis }) => redis),
    },
  };
}
