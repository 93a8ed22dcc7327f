/** The memory that this process may use, bytes; the narrowest of what the machine and the control groups leave. */
export interface MemoryReading {
  readonly limitBytes: number;
  /** What could be had without anybody being killed for it. */
  readonly availableBytes: number;
}

const MB = 1_048_576;
/** This part of the memory is left to runs, which grow, but not more than so many bytes. */
const RESERVED_PART = 0.1;
const MOST_RESERVED_BYTES = 1_024 * MB;
const LEAST_RESERVED_BYTES = 64 * MB;
/** More than a runner that waits takes: so what the end of one gives back never makes room for another. */
const RUNNER_BYTES = 96 * MB;

/**
 * How many runners may wait: beyond those that do, as many as there is room for above the reserve; where the reserve is
 * touched, fewer.
 * @param waiting how many do
 */
export function runnersWithRoom(waiting: number, { limitBytes, availableBytes }: MemoryReading): number {
  const part = Math.min(limitBytes * RESERVED_PART, MOST_RESERVED_BYTES);
  const spare = availableBytes - Math.max(part, LEAST_RESERVED_BYTES);
  return Math.max(0, waiting + Math.floor(spare / RUNNER_BYTES));
}
