import {
  countedAttempts,
  ERROR_POLICY,
  type ErrorCode,
  type Invocation,
  invocationError,
  type Outcome,
  type Settlement,
} from "@pifleet/invocation";
import { delayUntilProvider, isAway } from "./provider-patience.ts";

/** Workers that shut down may give an invocation back so often; then it is what makes them shut down. */
const MAX_HAND_BACKS = 10;

/**
 * Decides what becomes of the invocation whose attempt a worker gives back because it shuts down. It does not count as
 * an attempt.
 */
export function handBack(invocation: Invocation, outcome: Outcome): Settlement {
  const before = invocation.attempts.filter(({ ended }) => ended === "handed_back").length;
  if (before < MAX_HAND_BACKS || outcome.status === "succeeded") return { kind: "handed_back", outcome };
  const message = `${MAX_HAND_BACKS} workers that shut down have given the invocation back, and now another one`;
  return { kind: "final", outcome: { ...outcome, error: invocationError("worker_lost", message) } };
}

/**
 * Decides what becomes of the invocation whose newest attempt ended with `outcome`.
 * @param random from 0 to 1; spreads attempts that failed together
 */
export function settlementFor(
  invocation: Invocation,
  outcome: Outcome,
  { nowMs = Date.now(), random = Math.random() }: { nowMs?: number; random?: number } = {},
): Settlement {
  if (outcome.status === "succeeded") return { kind: "final", outcome };
  const { code } = outcome.error;
  const delayMs = isAway(code)
    ? delayUntilProvider(invocation, outcome, { nowMs, random })
    : delayAfterCrash(invocation, code);
  return delayMs === undefined ? { kind: "final", outcome } : { kind: "again", outcome, delayMs };
}

function delayAfterCrash({ attempts, limits, submission }: Invocation, code: ErrorCode): number | undefined {
  const over = countedAttempts(attempts) >= limits.maxAttempts;
  return ERROR_POLICY[code].retry === "never" || over || submission.recovery === "fail" ? undefined : 0;
}
