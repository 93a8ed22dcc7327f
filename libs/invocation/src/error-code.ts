import * as z from "zod";
import type { TerminalStatus } from "./status.ts";

/** Why an attempt did not succeed. A closed list: clients switch over it. */
export const ErrorCode = z.enum([
  "provider_auth",
  "provider_rate_limited",
  "provider_overloaded",
  "provider_unavailable",
  "provider_error",
  "model_not_found",
  "context_overflow",
  "no_output",
  "output_truncated",
  "timeout_first_byte",
  "timeout_idle",
  "timeout_total",
  "timeout_paused",
  "budget_exceeded",
  "runner_crashed",
  "runner_out_of_memory",
  "run_limit_exceeded",
  "worker_lost",
  "worker_killed",
  "invalid_configuration",
  "cancelled",
  "internal",
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** The properties that all errors with one code share. */
interface ErrorPolicy {
  /** The status of the invocation when no further attempt follows. */
  readonly status: Exclude<TerminalStatus, "succeeded">;
  /**
   * Whether another attempt may follow: `never`; `again`, at once, up to `limits.maxAttempts`; `patience`, after waits
   * that grow, for as long as `limits.providerPatienceMs` allows.
   */
  readonly retry: "never" | "again" | "patience";
  /** What you can do about the error. */
  readonly help?: string;
}

/** The retry policy and the terminal status of every error code: one table, read by the executor and by the docs. */
export const ERROR_POLICY: Record<ErrorCode, ErrorPolicy> = {
  provider_auth: {
    status: "failed",
    retry: "never",
    help: "The provider refused the credentials. Check the provider's key in the worker's environment or models file.",
  },
  provider_rate_limited: { status: "failed", retry: "patience" },
  provider_overloaded: { status: "failed", retry: "patience" },
  provider_unavailable: {
    status: "failed",
    retry: "patience",
    help: "The provider could not be reached for as long as limits.providerPatienceMs allows. Check its status and the address, or raise the limit.",
  },
  provider_error: { status: "failed", retry: "never" },
  model_not_found: {
    status: "failed",
    retry: "never",
    help: "Name the model as provider/model, with a provider and a model that the workers know.",
  },
  context_overflow: {
    status: "failed",
    retry: "never",
    help: "The conversation is larger than the model's context window. Shorten the input or choose another model.",
  },
  no_output: { status: "failed", retry: "never" },
  output_truncated: {
    status: "needs_attention",
    retry: "never",
    help: "The answer ended at the model's output limit, so it is not whole; output holds what there is. Raise maxTokens of the model in the models file, or ask for less in one answer.",
  },
  timeout_first_byte: { status: "timed_out", retry: "never" },
  timeout_idle: { status: "timed_out", retry: "never" },
  timeout_total: { status: "timed_out", retry: "never" },
  timeout_paused: {
    status: "timed_out",
    retry: "never",
    help: "A paused run holds the slot of another one. Resume it sooner, or raise PIFLEET_PAUSE_LIMIT on the workers.",
  },
  budget_exceeded: {
    status: "failed",
    retry: "never",
    help: "The run reached limits.maxTurns or limits.maxCostUsd. Raise the limit or narrow the task.",
  },
  runner_crashed: { status: "failed", retry: "again" },
  runner_out_of_memory: {
    status: "failed",
    retry: "never",
    help: "The runner used more memory than it may. Raise PIFLEET_RUNNER_HEAP_MB on the workers or narrow the task.",
  },
  run_limit_exceeded: {
    status: "failed",
    retry: "never",
    help: "The run took more memory, processes or disk than one run may. Narrow the task, or raise the limit that the message names on the workers.",
  },
  worker_lost: { status: "failed", retry: "again" },
  worker_killed: {
    status: "failed",
    retry: "never",
    help:
      "Every worker that ran the invocation died. Look in the event log for what its last attempt did: tools that kill " +
      "processes which they did not start, or that take all memory of the machine. Change the task, or give workers more memory.",
  },
  invalid_configuration: { status: "failed", retry: "never" },
  cancelled: { status: "cancelled", retry: "never" },
  internal: { status: "failed", retry: "never" },
};

/** The codes of a provider that is away: what passes by itself when one waits. */
export const AWAY_CODES: readonly ErrorCode[] = ErrorCode.options.filter(
  (code) => ERROR_POLICY[code].retry === "patience",
);

/** An error as clients see it. `message` holds the provider's own words where there are some, secrets redacted. */
export const InvocationError = z.object({
  code: ErrorCode,
  message: z.string(),
  retryable: z.boolean().describe("Whether the same submission may well succeed if it is sent again"),
  help: z.string().optional(),
});
export type InvocationError = z.infer<typeof InvocationError>;

/** Builds the error for `code`, with the help and the retryability of its policy. */
export function invocationError(code: ErrorCode, message: string): InvocationError {
  const { retry, help } = ERROR_POLICY[code];
  return { code, message, retryable: retry !== "never", ...(help && { help }) };
}
