import { setTimeout } from "node:timers/promises";
import type { RunProcesses } from "./processes/run-processes.ts";

/** How long is waited for processes that cannot stop at once, such as one that waits for a disk, milliseconds. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 5;

/**
 * Stops every process where it is; those forked meanwhile are found by the next look. What does not stop in time has
 * the signal, and stops as soon as it can.
 * @param superseded aborted when they are to go on, or to end, meanwhile
 */
export async function suspend(processes: RunProcesses, superseded: AbortSignal): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!superseded.aborted && performance.now() < deadline) {
    processes.signal("SIGSTOP");
    if (processes.stopped()) return;
    processes.releaseForks();
    await setTimeout(LOOK_MS);
  }
}

/** Lets every process go on. */
export function resume(processes: RunProcesses): void {
  processes.signal("SIGCONT");
}
