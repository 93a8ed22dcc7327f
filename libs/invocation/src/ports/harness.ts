import type { ModelNetwork, RunnerTask } from "../runner-protocol.ts";
import type { HarnessFailure, HarnessResult, RunnerRecord } from "../runner-record.ts";

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

/** How a model is reached, or why it cannot be. It holds secrets: never log or store it. */
export type ModelAccess =
  | {
      readonly kind: "ready";
      readonly provider: string;
      /** The model's id at its provider. */
      readonly model: string;
      /** The provider's entry of the deployment's models file, when it has one. */
      readonly providerConfig?: Record<string, unknown>;
      readonly apiKey?: string;
      /** Other settings that the provider needs, such as a region or an account. */
      readonly providerEnvironment?: Record<string, string>;
      readonly network?: ModelNetwork;
    }
  | { readonly kind: "failure"; readonly failure: HarnessFailure };
