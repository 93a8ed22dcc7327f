import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** What the figures depend on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly redis: string;
  /** The load average of the last minute before the first measurement, and after the last one, which makes load itself. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Describes this machine now; `afterwards` adds what can be told only in the end. */
export function describeMachine(redis: string): { afterwards(): Machine } {
  const before = {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    redis,
    loadBefore: load(),
  };
  return { afterwards: () => ({ ...before, loadAfter: load() }) };
}

function load(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** The machine in a line. */
export function machineLine(machine: Machine): string {
  const { cores, processor, memoryGb, kernel, node, redis, loadBefore, loadAfter } = machine;
  return (
    `${cores} cores (${processor}), ${memoryGb} GB, ${kernel}, Node ${node}, Redis ${redis}; ` +
    `load average ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after`
  );
}
