import type { RunProcesses } from "../processes/run-processes.ts";

/** Asks every process to end. One that is stopped is let go on, or it would never hear it. */
export function askToStop(processes: RunProcesses): void {
  processes.signal("SIGTERM");
  processes.signal("SIGCONT");
}
