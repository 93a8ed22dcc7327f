import {
  ERROR_POLICY,
  type ErrorCode,
  type HarnessFailure,
  invocationError,
  type Outcome,
  type Redactor,
  type RunnerExit,
} from "@pifleet/invocation";
import type { Cause } from "./cause.ts";
import type { Remains } from "./transcript.ts";

/** A cause after which the attempt is settled. */
export type SettledCause = Exclude<Cause, { kind: "lost" }>;

/** How many lines of the runner's standard error an error quotes. */
const QUOTED_LINES = 10;

/**
 * Decides what the attempt ended with. A result counts only when the runner's process ended well too: a non-zero exit is a
 * failure even if the agent seemed to be done.
 * @param remains what the attempt has to show if it did not finish
 */
export function outcomeOf(cause: SettledCause, remains: Remains, redactor: Redactor): Outcome {
  const failed = (code: ErrorCode, message: string, rest: Partial<HarnessFailure> = {}): Outcome => {
    const { status } = ERROR_POLICY[code];
    const { retryAfterMs, isUnpaid } = rest;
    const error = invocationError(code, redactor.text(message));
    const hints = { ...(retryAfterMs !== undefined && { retryAfterMs }), ...(isUnpaid && { isUnpaid }) };
    return { status, error, ...remains, ...hints };
  };
  switch (cause.kind) {
    case "finished":
      return finished(cause, remains, failed);
    case "exited":
      return failed(crashCode(cause.exit), describeCrash(cause.exit, "before the agent was done"));
    case "not_launched": {
      const { exit, message } = cause.error;
      return failed(exit ? crashCode(exit) : "runner_crashed", exit ? `${message}: it ${describeExit(exit)}` : message);
    }
    case "refused":
      return failed(cause.failure.code, cause.failure.message, cause.failure);
    case "deadline":
      return failed(`timeout_${cause.deadline}`, DEADLINE_MESSAGES[cause.deadline](cause.limitMs));
    case "unresponsive":
      return failed("runner_crashed", `The runner hung: no sign of life for ${cause.silentMs} ms`);
    case "over_budget":
      return failed("budget_exceeded", cause.message);
    case "unlogged":
      return failed("internal", `The event log refused what the run reported: ${String(cause.error)}`);
    case "unreadable":
      return failed("internal", `The worker could not take what the runner reported: ${String(cause.error)}`);
    case "cancelled":
      return failed("cancelled", "The invocation was cancelled");
    case "handed_back":
      return failed("worker_lost", "The worker shut down and gave the invocation back to the queue");
  }
}

const DEADLINE_MESSAGES = {
  first_byte: (ms: number) => `The model did not begin to answer within ${ms} ms (limits.firstByteMs)`,
  idle: (ms: number) => `The run made no progress for ${ms} ms (limits.idleMs)`,
  paused: (ms: number) => `The run was paused for longer than ${ms} ms (PIFLEET_PAUSE_LIMIT)`,
  total: (ms: number) => `The run took longer than ${ms} ms (limits.totalMs)`,
};

function finished(
  { result, exit }: Extract<Cause, { kind: "finished" }>,
  remains: Remains,
  failed: (code: ErrorCode, message: string, rest?: Partial<HarnessFailure>) => Outcome,
): Outcome {
  const messages = result.messages.length > 0 ? result.messages : remains.messages;
  const kept = { messages, usage: remains.usage, stopReason: result.stopReason ?? remains.stopReason };
  if (result.failure) {
    const output = result.output || remains.output;
    return { ...failed(result.failure.code, result.failure.message, result.failure), ...kept, output } as Outcome;
  }
  if (exit && !endedWell(exit)) {
    const message = describeCrash(exit, "after the agent had finished");
    return { ...failed(crashCode(exit), message), ...kept };
  }
  if (result.output.trim() === "") return { ...failed("no_output", "The agent ended without an answer"), ...kept };
  return { status: "succeeded", output: result.output, error: null, ...kept };
}

function endedWell({ code, protocolFault }: RunnerExit): boolean {
  return code === 0 && protocolFault === undefined;
}

function crashCode({ outOfMemory, excess }: RunnerExit): ErrorCode {
  if (excess !== undefined) return "run_limit_exceeded";
  return outOfMemory ? "runner_out_of_memory" : "runner_crashed";
}

function describeCrash(exit: RunnerExit, when: string): string {
  return exit.excess === undefined ? `The runner ${describeExit(exit)} ${when}` : `The run ${exit.excess}`;
}

/** Reads on from "The runner …". */
function describeExit({ code, signal, outOfMemory, protocolFault, stderrTail }: RunnerExit): string {
  const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
  const why = [
    outOfMemory && "out of memory",
    protocolFault !== undefined && `it wrote something that is no record: ${protocolFault}`,
  ].filter(Boolean);
  const lines = stderrTail.trim().split("\n").slice(-QUOTED_LINES).join("\n");
  return `${how}${why.length > 0 ? ` (${why.join("; ")})` : ""}${lines ? `; its last words:\n${lines}\n` : ""}`;
}
