import {
  type Attempt,
  AWAY_CODES,
  type ErrorCode,
  type Invocation,
  type Outcome,
  type RunnerTask,
} from "@pifleet/invocation";

const AWAY: ReadonlySet<string> = new Set(AWAY_CODES);

/** A runner waits so long for a provider that has not answered yet before it leaves its place to others, milliseconds. */
const HELD_MS = 10_000;
const FIRST_DELAY_MS = 5_000;
const MAX_DELAY_MS = 60_000;
/** Who has waited for hours is asked again every few minutes: this is the part of the time waited that follows. */
const SHARE_OF_WAITED = 0.1;

/** Whether an attempt that ended with `code` ended because its provider was away. */
export function isAway(code: ErrorCode): boolean {
  return AWAY.has(code);
}

/** How long the runner of the newest attempt may wait for its provider. */
export function runnerPatience(invocation: Invocation, nowMs: number = Date.now()): RunnerTask["providerPatience"] {
  const totalMs = leftMs(invocation, nowMs);
  return { totalMs, unpaidMs: mayBeMadeLater(invocation) ? Math.min(totalMs, HELD_MS) : totalMs };
}

/**
 * How long to wait before the next attempt, after one that ended because its provider was away; `undefined` when the
 * patience is over, or there must be no other attempt.
 * @param random from 0 to 1; spreads invocations that wait for the same provider
 */
export function delayUntilProvider(
  invocation: Invocation,
  { retryAfterMs = 0, isUnpaid }: Pick<Extract<Outcome, { isUnpaid?: boolean }>, "retryAfterMs" | "isUnpaid">,
  { nowMs, random }: { nowMs: number; random: number },
): number | undefined {
  const left = leftMs(invocation, nowMs);
  // A runner that was answered once has waited as long as it may.
  if (!isUnpaid || !mayBeMadeLater(invocation) || left <= 0 || retryAfterMs > left) return undefined;
  const row = attemptsInVain(invocation.attempts).length;
  const waited = invocation.limits.providerPatienceMs - left;
  const most = Math.max(MAX_DELAY_MS, waited * SHARE_OF_WAITED);
  const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, row - 1), most) * (1 + random / 4);
  return Math.round(Math.min(Math.max(delay, retryAfterMs), left));
}

function mayBeMadeLater({ limits, submission }: Invocation): boolean {
  return limits.maxAttempts > 1 && submission.recovery !== "fail";
}

/** What is left of the patience: it began with the first of the attempts in a row whose provider was away. */
function leftMs({ attempts, limits }: Invocation, nowMs: number): number {
  const [first] = attemptsInVain(attempts);
  const waited = first ? nowMs - Date.parse(first.startedAt) : 0;
  return Math.max(0, limits.providerPatienceMs - waited);
}

/** The newest attempts, as far back as their provider was away; the one that runs belongs to them. */
function attemptsInVain(attempts: readonly Attempt[]): readonly Attempt[] {
  const before = attempts.findLastIndex(({ ended }) => ended !== null && !AWAY.has(ended));
  return attempts.slice(before + 1);
}
