import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { COLLECTABLE, collectedMemory, MEMORY_DIRECTORY_VARIABLE, type Memory } from "./collectable/memory-report.ts";
import type { MeasuredFleet } from "./measured-fleet.ts";
import { REPLAYING, recordRun } from "./replay/recording.ts";
import type { Figure, Measure } from "./report.ts";

const RUNS_PER_ROUND = 5_000;
const LOOKS_PER_ROUND = 2;
const RUNS_PER_LOOK = RUNS_PER_ROUND / LOOKS_PER_ROUND;
const AT_ONCE = 100;
const CONCURRENCY = 8;
/** Before the first look, so that what is loaded and compiled once counts for nothing. */
const WARM_UP = 500;
/** What an invocation leaves for a while (answers for clients that come again, timers) is over by then. */
const REST_MS = 15_000;
const KB = 1_024;

interface Look {
  readonly runs: number;
  readonly worker: Memory;
  readonly api: Memory;
}

/** Whether worker and API grow with what they have done. Their runners replay a run, so that it takes minutes. */
export const measureLeak: Measure = async ({ stage, rounds, say }) => {
  const directory = await mkdtemp(join(tmpdir(), "memory-"));
  const fleet = await stage.startFleet({
    traced: true,
    recording: await recordRun("chat", stage.models),
    env: {
      NODE_OPTIONS: [REPLAYING, COLLECTABLE].join(" "),
      [MEMORY_DIRECTORY_VARIABLE]: directory,
      PIFLEET_CONCURRENCY: String(CONCURRENCY),
    },
  });
  await runMany(fleet, WARM_UP);
  const looks = [await look(fleet, directory, 0)];
  for (let number = 1; number <= rounds * LOOKS_PER_ROUND; number += 1) {
    await runMany(fleet, RUNS_PER_LOOK);
    const now = await look(fleet, directory, number * RUNS_PER_LOOK);
    looks.push(now);
    say(`after ${now.runs} runs: ${inWords("worker", now.worker)}; ${inWords("API", now.api)}`);
  }
  return {
    title: `Growth of worker and API over ${rounds * RUNS_PER_ROUND} invocations`,
    method: `After a collection of garbage, every ${RUNS_PER_LOOK} runs; the slope is a line through all looks.`,
    figures: [...figuresOf("worker", looks, ({ worker }) => worker), ...figuresOf("API", looks, ({ api }) => api)],
    comparisons: [],
  };
};

async function runMany(fleet: MeasuredFleet, count: number): Promise<void> {
  for (let run = 0; run < count; run += AT_ONCE) await fleet.run("chat", AT_ONCE);
}

async function look(fleet: MeasuredFleet, directory: string, runs: number): Promise<Look> {
  await setTimeout(REST_MS);
  const { worker, api } = fleet.pids;
  return { runs, worker: await collectedMemory(worker, directory), api: await collectedMemory(api, directory) };
}

function figuresOf(name: string, looks: readonly Look[], of: (look: Look) => Memory): Figure[] {
  const points = (kind: keyof Memory) => looks.map((at) => [at.runs, of(at)[kind]] as const);
  return (["heap", "rss"] as const).flatMap((kind) => [
    { name: `${kind} of the ${name}`, unit: "MB", values: points(kind).map(([, mb]) => mb) },
    { name: `… more for each run`, unit: "bytes", values: [slope(points(kind)) * KB * KB] },
  ]);
}

/** Of the line through points that is nearest to them. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const covariance = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / mean(points.map(([x]) => (x - meanX) ** 2));
}

function inWords(name: string, { heap, rss }: Memory): string {
  return `${name} ${heap.toFixed(1)} MB of heap, ${rss.toFixed(1)} MB resident`;
}
