import type { Task } from "../agent.ts";

/** What is measured beside our fleet, on the same machine in the same run. */
export const BASELINES = ["hand-written", "pi -p", "SDK in process", "raw BullMQ"] as const;
export type Baseline = (typeof BASELINES)[number];

/** Whom a figure is of. A cold fleet has no runners that wait for an invocation. */
export type ContestantName = "Pi Fleet" | "Pi Fleet, cold" | Baseline;

/** An invocation that was accepted. */
export interface Submitted {
  /** Resolves when the result has come; rejects when it is none. */
  readonly ended: Promise<void>;
}

/** A way to run agents. */
export interface Contestant {
  /** How many runs it may be given at once. Default: any number, it queues what is too many. */
  readonly atOnce?: number;
  /** Resolves when it has taken the task. */
  submit(task: Task): Promise<Submitted>;
  /** The CPU time of all its processes since they were started, those of ended runs included, milliseconds. */
  cpuMs(): Promise<number>;
  /** Resolves when nothing is going on any more. */
  rest(): Promise<void>;
}

/** Has a contestant do so many tasks as fast as it can, and resolves when the last result has come. */
export async function runAll(contestant: Contestant, task: Task, count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await (await contestant.submit(task)).ended;
    }
  };
  await Promise.all(Array.from({ length: contestant.atOnce ?? count }, lane));
}
