import {
  type ErrorCode,
  type Invocation,
  invocationError,
  type JournalEntry,
  NO_USAGE,
  type Outcome,
  QUEUE_NAME,
  type Span,
} from "@pifleet/invocation";
import { SpanRecorder, spansFromJournal } from "@pifleet/tracing";

/**
 * Whether nobody was there to write the spans of the attempt when it ended: its worker was lost, or it stands for an
 * invocation that had none. Every other one ends by a settlement, which writes them.
 */
export function endedUnattended({ attempts }: Invocation, attempt: number): boolean {
  return attempt === 0 || attempts.some(({ number, ended }) => number === attempt && ended === "worker_lost");
}

/**
 * The spans of an attempt whose worker could not write them, out of its journal; those that the record can vouch for
 * when there is none, because the worker was lost in the very moment in which the attempt began.
 */
export function spansOfLost(invocation: Invocation, attempt: number, entries: readonly JournalEntry[]): Span[] {
  const told = invocation.attempts.find(({ number }) => number === attempt);
  if (!told) return [];
  const lostAtMs = Date.parse(told.endedAt ?? told.startedAt);
  const spans = spansFromJournal(entries, { lostAtMs });
  if (spans.length > 0) return spans;
  const recorder = new SpanRecorder({ ...invocation, attempt }, told.worker, Date.parse(told.startedAt), {
    queue: QUEUE_NAME,
  });
  return recorder.end(failedWith("worker_lost", "The worker was lost"), lostAtMs);
}

/**
 * The span of an invocation that ended before its first attempt: it says that there was no run, and why. It belongs to
 * attempt 0, as those of the submission do.
 */
export function spansOfNoAttempt(invocation: Invocation): Span[] {
  const { createdAt, endedAt, error } = invocation;
  // It takes no time: there was no run, only a decision that there will be none.
  const endedAtMs = Date.parse(endedAt ?? createdAt);
  const recorder = new SpanRecorder({ ...invocation, attempt: 0 }, "", endedAtMs);
  const outcome = failedWith(
    error?.code ?? "internal",
    error?.message ?? "The invocation ended before its first attempt",
  );
  return recorder.end(outcome, endedAtMs);
}

function failedWith(code: ErrorCode, message: string): Outcome {
  return { status: "failed", output: null, messages: [], error: invocationError(code, message), usage: NO_USAGE };
}
