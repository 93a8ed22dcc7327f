import { readFileSync } from "node:fs";

/** What V8 writes to stderr before it aborts at its heap limit. */
const HEAP_LIMIT = /JavaScript heap out of memory|Reached heap limit|invalid (array|string) length Allocation failed/;

/** Whether a process ended at its own heap limit. */
export function ranOutOfHeap(code: number | null, signal: string | null, stderr: string): boolean {
  return (signal === "SIGABRT" || code === 134) && HEAP_LIMIT.test(stderr);
}

/**
 * How many processes the kernel has killed for want of memory: those of our own control group where that can be told,
 * else those of the whole machine. `undefined` where neither can.
 */
export function kernelKills(): number | undefined {
  return counter(`/sys/fs/cgroup${ownGroup() ?? ""}/memory.events`) ?? counter("/proc/vmstat");
}

function counter(path: string): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(contents(path) ?? "")?.[1];
  return count === undefined ? undefined : Number(count);
}

/** The path of our control group (version 2). */
function ownGroup(): string | undefined {
  return /^0::(\/.*)$/m.exec(contents("/proc/self/cgroup") ?? "")?.[1]?.replace(/\/$/, "");
}

function contents(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
