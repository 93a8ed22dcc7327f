import { setTimeout } from "node:timers/promises";
import { startHandWritten } from "../baseline/baselines.ts";
import { SdkProcess } from "../baseline/sdk-process.ts";
import { type Contestant, type ContestantName, runAll } from "../contestants/contestant.ts";
import { OurFleet } from "../contestants/our-fleet.ts";
import { proportionalMb } from "../processes/proportional-memory.ts";
import type { Figure, Measure } from "../report.ts";
import type { Stage } from "../stage.ts";

const WAITING = 8;
/** Until what the start has left behind is collected, as it is when a model takes its time. */
const REST_MS = 2_000;

interface Measured {
  readonly by: ContestantName;
  readonly contestant: Contestant;
  /** The processes whose memory is that of the agents. */
  readonly runners: () => number[];
  /** What is there for all of them. */
  readonly worker: number;
}

/** The memory that agents take that wait for their model, and the process that supervises them. */
export const measureMemory: Measure = async ({ stage, say }) => {
  const figures: Figure[] = [];
  for (const open of [openOurs, openHandWritten, openSdk]) {
    const measured = await open(stage);
    figures.push(...(await measure(measured, stage)));
    say(measured.by);
  }
  return {
    title: `Memory with ${WAITING} agents that wait for their model`,
    method:
      `PSS: what processes share counts by its share. ${REST_MS / 1_000} s after the last request to the model. An agent is ` +
      `all processes of the runs, but not the worker, divided by ${WAITING}; the SDK has but one process for everything.`,
    figures,
    comparisons: [],
  };
};

async function openOurs(stage: Stage): Promise<Measured> {
  const fleet = await stage.startFleet({ traced: true, env: { PIFLEET_CONCURRENCY: String(WAITING) } });
  const { worker } = fleet.pids;
  return { by: "Pi Fleet", contestant: new OurFleet(fleet), runners: () => fleet.pids.runners, worker };
}

async function openHandWritten(stage: Stage): Promise<Measured> {
  const fleet = await startHandWritten(stage, WAITING);
  return { by: "hand-written", contestant: fleet, runners: () => fleet.runners, worker: fleet.worker.pid };
}

async function openSdk(stage: Stage): Promise<Measured> {
  const sdk = stage.use(await SdkProcess.start(stage.pi));
  return { by: "SDK in process", contestant: sdk, runners: () => [sdk.pid], worker: sdk.pid };
}

async function measure({ by, contestant, runners, worker }: Measured, { models }: Stage): Promise<Figure[]> {
  await runAll(contestant, "chat", WAITING);
  await setTimeout(REST_MS);
  const idle = proportionalMb(worker);
  const requested = models.requested(models.requests.length + WAITING);
  await Promise.all(Array.from({ length: WAITING }, () => submitOnly(contestant)));
  await requested;
  await setTimeout(REST_MS);
  const agents = runners().map(proportionalMb);
  const sum = agents.reduce((total, mb) => total + mb, 0);
  return [
    { name: "an agent that waits", by, unit: "MB", values: [sum / WAITING] },
    { name: "… each process", by, unit: "MB", values: agents },
    { name: "the worker, idle", by, unit: "MB", values: [idle] },
    { name: `the worker with ${WAITING} runs`, by, unit: "MB", values: [proportionalMb(worker)] },
  ];
}

/** The run ends when all is stopped, and nobody is to be told of it. */
async function submitOnly(contestant: Contestant): Promise<void> {
  const { ended } = await contestant.submit("waiting");
  ended.catch(() => undefined);
}
