import type { AttemptExport, AudienceExport, Measures, TraceAudience } from "@pifleet/invocation";
import type { Senders, SendSpans } from "@pifleet/tracing";

/** The senders, each of which measures how long it takes. */
export function measured(senders: Senders, measures: Measures): Senders {
  const timed = (audience: TraceAudience, send: SendSpans): SendSpans => {
    return async (spans, options) => {
      const startMs = performance.now();
      const result = await send(spans, options);
      measures.observe("trace_export_duration_seconds", (performance.now() - startMs) / 1_000, { audience });
      return result;
    };
  };
  return {
    ...(senders.deployment && { deployment: timed("deployment", senders.deployment) }),
    ...(senders.invocation && { invocation: timed("invocation", senders.invocation) }),
  };
}

export interface ExportTry {
  /** Results of earlier tries. */
  readonly before: AttemptExport;
  readonly tried: AttemptExport;
  /** What is recorded of it: what was tried, but for what is given up because of its age. */
  readonly result: AttemptExport;
  /** How many spans the attempt has. */
  readonly spans: number;
}

/** Counts what came of a try to export the spans of an attempt. */
export function countExport(measures: Measures, { before, tried, result, spans }: ExportTry): void {
  const audiences = (["deployment", "invocation"] as const).filter((audience) => result[audience]);
  if (audiences.length === 0) measures.count("trace_exports_total", { audience: "deployment", result: "off" });
  for (const audience of audiences) {
    const [earlier, now] = [before[audience], result[audience]];
    if (!now || (earlier && !earlier.again)) continue;
    measures.count("trace_exports_total", { audience, result: label(now) });
    const refused = (now.rejectedSpans ?? 0) - (earlier?.rejectedSpans ?? 0);
    if (refused > 0) measures.count("trace_spans_dropped_total", { reason: "refused" }, refused);
    if (now.status !== "failed" || now.again) continue;
    const lost = spans - (earlier?.sent ?? 0);
    measures.count("trace_spans_dropped_total", { reason: tried[audience]?.again ? "expired" : "refused" }, lost);
  }
}

function label({ status, again }: AudienceExport) {
  if (status === "failed") return again ? "quarantined" : "refused";
  return status === "pending" ? "spooled" : status;
}
