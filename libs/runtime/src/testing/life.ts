import { readProcess } from "../processes/process-table.ts";

/** Whether a process lives; one that has ended and was not collected yet does not. */
export function isAlive(pid: number): boolean {
  const state = readProcess(pid)?.state;
  return state !== undefined && state !== "Z";
}
