import type { AttemptExport, AudienceExport, Invocation, NextTry } from "@pifleet/invocation";

/** Spans that no collector has taken for so long are given up. They can still be read with the record. */
const MAX_AGE_MS = 24 * 3_600_000;

/** Between two tries lies half the time since the attempt ended, within these limits, milliseconds. */
const SPOOL_DELAY = { min: 1_000, max: 60_000 };
/** A credential is not mended within a second. */
const QUARANTINE_DELAY = { min: 10_000, max: 900_000 };

/** How long ago the attempt ended, milliseconds; for attempt 0, the invocation. */
export function ageMs({ attempts, endedAt }: Invocation, attempt: number, nowMs: number = Date.now()): number {
  const ended = attempts.find(({ number }) => number === attempt)?.endedAt ?? endedAt;
  return ended === null ? 0 : Math.max(0, nowMs - Date.parse(ended));
}

/** The result without the tries that come to nothing, because the spans are too old. */
export function givenUp(result: AttemptExport, age: number): AttemptExport {
  if (age < MAX_AGE_MS) return result;
  const entries = Object.entries(result).map(([audience, one]) => [audience, one.again ? over(one) : one]);
  return Object.fromEntries(entries);
}

/** When the spans are sent again to those who have not got them. */
export function nextTry(result: AttemptExport, age: number): NextTry {
  const again = Object.values(result).filter((one) => one.again);
  if (again.length === 0) return { kind: "never" };
  const isSpooled = again.some(({ status }) => status === "spooled");
  const { min, max } = isSpooled ? SPOOL_DELAY : QUARANTINE_DELAY;
  const delayMs = Math.min(Math.max(age / 2, min), max);
  return { kind: isSpooled ? "spool" : "quarantine", delayMs: Math.round(delayMs) };
}

function over({ reason, rejectedSpans }: AudienceExport): AudienceExport {
  return {
    status: "failed",
    reason: `given up after ${MAX_AGE_MS / 3_600_000} h: ${reason}`,
    ...(rejectedSpans !== undefined && { rejectedSpans }),
  };
}
