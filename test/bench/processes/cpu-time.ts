import { readdirSync, readFileSync } from "node:fs";

/** The unit of times in /proc/<pid>/stat, which is the same on every Linux. */
const MS_PER_TICK = 10;
/** Where in /proc/<pid>/stat, behind the program's name, the times of the children stand that have ended. */
const CHILDREN_USER = 13;
const CHILDREN_SYSTEM = 14;

/** The CPU time that the threads of a living process have taken, milliseconds with fractions. Linux only. */
export function ownCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + threadCpuMs(pid, thread), 0);
}

/** The CPU time of all children of a process that have ended, with their own children; by 10 ms. Linux only. */
export function endedChildrenCpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The program's name stands in parentheses and may hold any character.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[CHILDREN_USER]) + Number(fields[CHILDREN_SYSTEM])) * MS_PER_TICK;
}

/** https://docs.kernel.org/scheduler/sched-stats.html: the first field is nanoseconds on a CPU. */
function threadCpuMs(pid: number, thread: string): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ");
  return Number(nanoseconds) / 1e6;
}
