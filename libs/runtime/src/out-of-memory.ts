import { readFileSync } from "node:fs";
import { ControlGroup } from "./processes/control-group.ts";
import { ownControlGroup } from "./processes/own-control-group.ts";

/** What V8 writes to stderr before it aborts at its heap limit. */
const HEAP_LIMIT = /JavaScript heap out of memory|Reached heap limit|invalid (array|string) length Allocation failed/;

/** Whether a process ended at its own heap limit. */
export function ranOutOfHeap(code: number | null, signal: string | null, stderr: string): boolean {
  return (signal === "SIGABRT" || code === 134) && HEAP_LIMIT.test(stderr);
}

/** Whether the kernel has killed a runner for want of memory. */
export class KernelKills {
  readonly #group: () => ControlGroup | undefined;
  #before: number | undefined;

  /** @param group the control group of the run, when it has one */
  constructor(group: () => ControlGroup | undefined) {
    this.#group = group;
  }

  /** Only what happens from now on can have hit the runner. */
  begin(): void {
    this.#before = kernelKills();
  }

  /** @param signal what the runner died of */
  killed(signal: NodeJS.Signals | null): boolean {
    if (signal !== "SIGKILL") return false;
    const ofThisRun = this.#group()?.outOfMemoryKills();
    if (ofThisRun !== undefined) return ofThisRun > 0;
    // Else it is a guess: somebody was killed for want of memory while this one ran.
    const now = kernelKills();
    return this.#before !== undefined && now !== undefined && now > this.#before;
  }
}

/**
 * How many processes the kernel has killed for want of memory: those of our own control group where that can be told,
 * else those of the whole machine. `undefined` where neither can.
 */
function kernelKills(): number | undefined {
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
