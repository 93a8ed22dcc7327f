import type { Artifact } from "./artifact.ts";
import type { InvocationError } from "./error-code.ts";
import type { Message } from "./message.ts";
import type { StopReason } from "./stop-reason.ts";
import type { Usage } from "./usage.ts";

/** Messages and usage of an attempt, however it ended; also of one that was cut short. */
interface Remains {
  readonly messages: Message[];
  readonly usage: Usage;
  /** Absent when the model has not answered. */
  readonly stopReason?: StopReason | null;
}

/**
 * What an attempt ended with. A value, never an exception: exceptions are for bugs and broken infrastructure.
 * `output` is the final assistant text; in an attempt that did not succeed, what there was of it.
 */
export type Outcome =
  | (Remains & { readonly status: "succeeded"; readonly output: string; readonly error: null })
  | (Remains & {
      readonly status: "failed" | "cancelled" | "timed_out" | "needs_attention";
      readonly output: string | null;
      readonly error: InvocationError;
      /** Wait before another attempt that the provider asked for, milliseconds. */
      readonly retryAfterMs?: number;
      /** The model has not answered in this attempt: nothing is lost when it is made later. */
      readonly isUnpaid?: boolean;
    });

/**
 * What is to become of the invocation now that an attempt has ended.
 * - `final`: the outcome is the invocation's, and so are the artifacts that the attempt has left.
 * - `again`: another attempt follows after `delayMs`; the outcome is this attempt's only.
 * - `handed_back`: the worker drains; another attempt follows and this one does not count against `maxAttempts`.
 */
export type Settlement =
  | { readonly kind: "final"; readonly outcome: Outcome; readonly artifacts?: readonly Artifact[] }
  | { readonly kind: "again"; readonly outcome: Outcome; readonly delayMs: number }
  | { readonly kind: "handed_back"; readonly outcome: Outcome };
