import { setTimeout } from "node:timers/promises";
import type { MeasuredFleet } from "../measured-fleet.ts";
import { proportionalMb } from "../processes/proportional-memory.ts";
import type { Measure, Setting } from "../report.ts";

const WAITING = 8;
/** Until what the start has left behind is collected, as it is when a model takes its time. */
const REST_MS = 2_000;

/** The memory that runners take that wait for their model, and the worker that supervises them. */
export const measureMemory: Measure = async ({ stage, say }) => {
  const fleet = await stage.startFleet({ traced: true, env: { PIFLEET_CONCURRENCY: String(WAITING) } });
  await fleet.run("chat", WAITING);
  const idle = await restingMb(fleet);
  say("the fleet is warm");
  await waitForModel(fleet, stage);
  const waiting = await restingMb(fleet);
  return {
    title: `Memory with ${WAITING} runners that wait for their model`,
    method: `PSS: what processes share counts by its share. ${REST_MS / 1_000} s after the last request to the model.`,
    figures: [
      { name: "a runner that waits", unit: "MB", values: waiting.runners },
      { name: "all of them", unit: "MB", values: [waiting.runners.reduce((sum, mb) => sum + mb, 0)] },
      { name: "the worker, idle", unit: "MB", values: [idle.worker] },
      { name: `the worker with ${WAITING} runs`, unit: "MB", values: [waiting.worker] },
      { name: "the API, idle", unit: "MB", values: [idle.api] },
    ],
    comparisons: [],
  };
};

async function waitForModel(fleet: MeasuredFleet, { models }: Setting["stage"]): Promise<void> {
  const requested = models.requested(models.requests.length + WAITING);
  await Promise.all(Array.from({ length: WAITING }, () => fleet.submit("waiting")));
  await requested;
}

async function restingMb(fleet: MeasuredFleet): Promise<{ api: number; worker: number; runners: number[] }> {
  await setTimeout(REST_MS);
  const { api, worker, runners } = fleet.pids;
  return { api: proportionalMb(api), worker: proportionalMb(worker), runners: runners.map(proportionalMb) };
}
