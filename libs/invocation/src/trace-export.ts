import * as z from "zod";

/** What became of the spans of an invocation. It never changes the outcome. */
export const TraceExport = z.object({
  status: z.enum(["pending", "ok", "partial", "spooled", "failed", "off"]),
  reason: z.string().optional().describe("Why the export failed, or what was refused"),
  rejectedSpans: z.int().min(1).optional().describe("How many spans were refused, when others were taken"),
});
export type TraceExport = z.infer<typeof TraceExport>;

/** Whose collector spans go to: the deployment's, or the one that the invocation names. */
export type TraceAudience = "deployment" | "invocation";

/** What became of the spans of one attempt at one collector. */
export interface AudienceExport extends TraceExport {
  /** How many of the leading spans the collector has: another try goes on behind them. */
  readonly sent?: number;
  /** Whether there will be another try. */
  readonly again?: true;
}

/** What became of the spans of one attempt, by whose collector it was. Empty when there was none. */
export type AttemptExport = Readonly<Partial<Record<TraceAudience, AudienceExport>>>;

/** From the best to the worst. */
const BY_GRAVITY: readonly TraceExport["status"][] = ["off", "ok", "pending", "partial", "spooled", "failed"];

/**
 * What the record tells of the exports of all attempts: the worst that happened, and why. Attempt 0 stands for an
 * invocation that ended before its first attempt.
 * @param newest the number of the newest attempt
 */
export function traceExportOf(exports: Readonly<Record<number, AttemptExport>>, newest: number): TraceExport {
  const first = Math.min(1, newest);
  const attempts = Array.from({ length: newest - first + 1 }, (_, i) => exports[first + i]);
  const told = attempts.flatMap((attempt): TraceExport[] => {
    if (!attempt) return [{ status: "pending" }];
    return Object.entries(attempt).map(([audience, { status, reason, rejectedSpans }]) => ({
      status,
      ...(reason !== undefined && { reason: audience === "invocation" ? `trace.endpoint: ${reason}` : reason }),
      ...(rejectedSpans !== undefined && { rejectedSpans }),
    }));
  });
  return worst(told);
}

function worst(exports: readonly TraceExport[]): TraceExport {
  const status = exports
    .map((one) => one.status)
    .reduce((a, b) => (BY_GRAVITY.indexOf(b) > BY_GRAVITY.indexOf(a) ? b : a), "off");
  const reasons = new Set(exports.flatMap(({ reason }) => (reason === undefined ? [] : [reason])));
  const rejectedSpans = exports.reduce((sum, one) => sum + (one.rejectedSpans ?? 0), 0);
  return {
    status,
    ...(reasons.size > 0 && { reason: [...reasons].join("; ") }),
    ...(rejectedSpans > 0 && { rejectedSpans }),
  };
}
