import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ownCpuMs } from "./cpu-time.ts";
import { descendantsCpuMs } from "./process-tree.ts";

const LOOK_MS = 50;
/** Processes that do nothing take less than this between two looks: their timers and heartbeats. */
const RESTING_CPU_MS = 4;
/** Whatever does not come to rest in this time is measured as it is. */
const PATIENCE_MS = 10_000;

// The flag can be set late, but only a context that is made after it has the function.
setFlagsFromString("--expose-gc");
/** Else the garbage of the measuring process would be collected on both cores while something is measured. */
const collectGarbage: () => void = runInNewContext("gc");

/**
 * Resolves when these processes, with all that they have started, have done what they were about, such as starting the
 * next runner ahead.
 */
export async function atRest(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let before = Number.NEGATIVE_INFINITY;
  for (let cpuMs = cpuOf(pids); cpuMs - before > RESTING_CPU_MS && performance.now() < deadline; cpuMs = cpuOf(pids)) {
    before = cpuMs;
    await setTimeout(LOOK_MS);
  }
  collectGarbage();
}

function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ownCpuMs(pid) + descendantsCpuMs(pid), 0);
}
