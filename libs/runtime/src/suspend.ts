import { setTimeout } from "node:timers/promises";
import type { RunProcesses } from "./processes/run-processes.ts";

const LOOKS = 20;
const LOOK_MS = 5;

/** Stops every process where it is; those forked meanwhile are found by the next look. */
export async function suspend(processes: RunProcesses): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    processes.signal("SIGSTOP");
    if (processes.stopped()) return;
    await setTimeout(LOOK_MS);
  }
}

/** Lets every process go on. */
export function resume(processes: RunProcesses): void {
  processes.signal("SIGCONT");
}
