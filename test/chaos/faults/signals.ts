import { setTimeout } from "node:timers/promises";

/** How long a process stands still that is stopped, milliseconds. */
export const STANDSTILL_MS = 8_000;

/** Sends a signal; false when there is no such process any more. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** Stops a process for a while. */
export async function standStill(pid: number): Promise<boolean> {
  if (!send(pid, "SIGSTOP")) return false;
  await setTimeout(STANDSTILL_MS);
  send(pid, "SIGCONT");
  return true;
}
