import type { HarnessResult, RunnerRecord, RunnerTask } from "../runner-protocol.ts";

/** The records that an agent engine makes; the runner adds `ready`, `heartbeat` and `finished` itself. */
export type HarnessRecord = Exclude<RunnerRecord, { type: "ready" | "heartbeat" | "finished" }>;

/** The port to the agent engine. It lives in the runner. */
export interface Harness {
  /**
   * Runs the agent to its end. Failures of the model or of its provider are part of the result; it rejects only for
   * a bug. `emit` is called synchronously, in order, for everything that happens on the way.
   */
  run(task: RunnerTask, emit: (record: HarnessRecord) => void): Promise<HarnessResult>;
  /** Gives the running agent another message of the user, at its next turn. */
  steer(text: string): Promise<void>;
  /** Asks the agent to end; `run` resolves soon after with what there is. */
  abort(): void;
}
