import { ERROR_POLICY, type Invocation, type Outcome, type Settlement } from "@pifleet/invocation";

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** A provider that asks for a longer wait than this is not waited for longer. */
const MAX_RETRY_AFTER_MS = 3_600_000;

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
