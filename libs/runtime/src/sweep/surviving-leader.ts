import { hasVariable, readProcess, readProcesses } from "../processes/process-table.ts";
import { type RunPlace, worksFor } from "../processes/works-for.ts";

/**
 * The number of a runner, as far as it still stands for its session and process group. When the runner itself is gone,
 * its number may mean another process by now, or the group of one; it is the runner's as long as any member of its
 * session bears another trace of the run, for the kernel gives no number away that a session still has.
 */
export function survivingLeader(
  runner: { readonly pid: number; readonly startTicks: number },
  marker: string,
  place: RunPlace,
): number | undefined {
  const process = readProcess(runner.pid);
  if (process) return process.startTicks === runner.startTicks ? runner.pid : undefined;
  const session = readProcesses().filter((entry) => entry.session === runner.pid);
  return session.some(({ pid }) => hasVariable(pid, marker) || worksFor(pid, place)) ? runner.pid : undefined;
}
