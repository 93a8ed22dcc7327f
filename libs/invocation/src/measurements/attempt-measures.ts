import type { Invocation } from "../invocation.ts";
import type { Outcome, Settlement } from "../outcome.ts";
import type { Measures } from "../ports/measures.ts";

/**
 * Measures how long an invocation waited for the attempt that has just started, and the attempt before if it was lost
 * with its worker, which could not.
 */
export function measureStart(
  measures: Measures,
  { attempts, createdAt, submission }: Pick<Invocation, "attempts" | "createdAt" | "submission">,
): void {
  const [former, newest] = [attempts.at(-2), attempts.at(-1)];
  if (!newest) return;
  const couldRunMs = former?.endedAt ? Date.parse(former.endedAt) : Date.parse(createdAt) + submission.delayMs;
  measures.observe("queue_wait_seconds", secondsBetween(couldRunMs, Date.parse(newest.startedAt)), {});
  if (former?.ended !== "worker_lost") return;
  const ranSeconds = secondsBetween(Date.parse(former.startedAt), couldRunMs);
  measures.observe("attempt_duration_seconds", ranSeconds, { ended: former.ended });
}

/**
 * Measures an attempt that was settled, and the invocation if it ended with it.
 * @param invocation as it was when the attempt started
 * @param endedAtMs when the attempt ended, Unix ms
 */
export function measureSettled(
  measures: Measures,
  { attempts, startedAt }: Pick<Invocation, "attempts" | "startedAt">,
  { kind, outcome }: Settlement,
  endedAtMs: number,
): void {
  const newest = attempts.at(-1);
  if (!newest || !startedAt) return;
  const ended = kind === "handed_back" ? kind : (outcome.error?.code ?? "succeeded");
  measures.observe("attempt_duration_seconds", secondsBetween(Date.parse(newest.startedAt), endedAtMs), { ended });
  measureTokens(measures, outcome);
  if (kind !== "final") return;
  const { status } = outcome;
  measures.observe("run_duration_seconds", secondsBetween(Date.parse(startedAt), endedAtMs), { status });
}

function measureTokens(measures: Measures, { usage }: Outcome): void {
  measures.observe("tokens", usage.inputTokens, { kind: "input" });
  measures.observe("tokens", usage.outputTokens, { kind: "output" });
  measures.observe("tokens", usage.cacheReadTokens, { kind: "cache_read" });
  measures.observe("tokens", usage.cacheWriteTokens, { kind: "cache_write" });
}

function secondsBetween(fromMs: number, toMs: number): number {
  return (toMs - fromMs) / 1_000;
}
