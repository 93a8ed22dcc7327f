import { setTimeout } from "node:timers/promises";
import type { RunProcesses } from "../processes/run-processes.ts";

/** A process that the kernel does not let die, such as one that waits for a dead disk, is given up after this. */
const GIVE_UP_MS = 10_000;
const FIRST_LOOK_MS = 2;
const LAST_LOOK_MS = 50;

/**
 * Kills until none is left: one that was forked while the others were killed is found by the next look.
 * Resolves to whether none is.
 */
export async function killAll(processes: RunProcesses, onFault: (error: Error) => void): Promise<boolean> {
  const begunAt = performance.now();
  for (let lookMs = FIRST_LOOK_MS; processes.alive(); lookMs = Math.min(2 * lookMs, LAST_LOOK_MS)) {
    if (performance.now() - begunAt > GIVE_UP_MS) {
      onFault(new Error(`Processes of a run are still there ${GIVE_UP_MS} ms after they were killed`));
      return false;
    }
    processes.signal("SIGKILL");
    await setTimeout(lookMs);
  }
  return true;
}
