import { ERROR_POLICY, type Invocation, invocationError, type Outcome, type Settlement } from "@pifleet/invocation";

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** A provider that asks for a longer wait than this is not waited for longer. */
const MAX_RETRY_AFTER_MS = 3_600_000;

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
export function settlementFor(invocation: Invocation, outcome: Outcome, random: number = Math.random()): Settlement {
  if (outcome.status === "succeeded") return { kind: "final", outcome };
  const { retry } = ERROR_POLICY[outcome.error.code];
  const counted = invocation.attempts.filter(({ ended }) => ended !== "handed_back").length;
  const over = counted >= invocation.limits.maxAttempts;
  if (retry === "never" || over || invocation.submission.recovery === "fail") return { kind: "final", outcome };
  return { kind: "again", outcome, delayMs: retry === "again" ? 0 : backoffMs(outcome, counted, random) };
}

/** What the provider asked for; else a wait that doubles, with up to a quarter more. */
function backoffMs(outcome: Extract<Outcome, { retryAfterMs?: number }>, attempts: number, random: number): number {
  if (outcome.retryAfterMs !== undefined) return Math.min(outcome.retryAfterMs, MAX_RETRY_AFTER_MS);
  const wait = Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), MAX_BACKOFF_MS);
  return Math.round(wait * (1 + random / 4));
}
