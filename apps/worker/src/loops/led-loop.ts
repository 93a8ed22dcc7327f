import type { WorkerRegistry } from "@pifleet/invocation";
import { Loop } from "./loop.ts";

/** Rounds that a leader may miss before another worker leads. */
const ROUNDS_MISSED = 3;

export interface LedLoopOptions {
  /** The name of the task, under which one worker of the fleet leads. */
  readonly task: string;
  readonly worker: string;
  readonly registry: Pick<WorkerRegistry, "lead">;
  /** Between two rounds, milliseconds. */
  readonly pauseMs: number;
  readonly onFault: (error: unknown) => void;
}

/** A loop that runs on every worker and whose rounds are made on one of them, as long as that one lives. */
export class LedLoop extends Loop {
  constructor(
    { task, worker, registry, pauseMs, onFault }: LedLoopOptions,
    round: (stopping: AbortSignal) => Promise<void>,
  ) {
    const lead = () => registry.lead(task, worker, ROUNDS_MISSED * pauseMs);
    super(pauseMs, async (stopping) => void ((await lead()) && (await round(stopping))), onFault);
  }
}
