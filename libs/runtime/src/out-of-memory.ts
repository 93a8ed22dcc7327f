import { readFileSync } from "node:fs";
import { ControlGroup } from "./processes/control-group.ts";
import { ownControlGroup } from "./processes/own-control-group.ts";

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
  const own = ownControlGroup();
  return (own === undefined ? undefined : new ControlGroup(own).outOfMemoryKills()) ?? machineKills();
}

function machineKills(): number | undefined {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    // Not Linux: it cannot be told.
    return undefined;
  }
}
