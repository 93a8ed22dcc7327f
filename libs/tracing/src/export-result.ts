import type { Span, TraceExport } from "@pifleet/invocation";

/** What came of one export to one destination. */
export type ExportResult =
  | { readonly kind: "ok"; readonly sent: number }
  /** The collector took some and refused the others for good. */
  | { readonly kind: "partial"; readonly sent: number; readonly rejected: number; readonly reason: string }
  /** The collector refused all of it for good: sending the same again does not help. */
  | { readonly kind: "refused"; readonly rejected: number; readonly reason: string }
  /** There was no time to bring these spans to the collector; they are for the caller to keep and send later. */
  | {
      readonly kind: "unsent";
      readonly sent: number;
      readonly rejected: number;
      readonly spans: readonly Span[];
      readonly reason: string;
    }
  /** There is no destination, or the caller's trace is not sampled. */
  | { readonly kind: "off" };

/**
 * The result as the record tells it.
 * @param unsent what became of spans that could not be sent: `spooled` when they are kept and will be sent later
 */
export function toTraceExport(result: ExportResult, unsent: "spooled" | "failed" = "failed"): TraceExport {
  switch (result.kind) {
    case "ok":
    case "off":
      return { status: result.kind };
    case "partial":
      return { status: "partial", ...refusal(result), rejectedSpans: result.rejected };
    case "refused":
      return { status: "failed", reason: result.reason };
    case "unsent":
      return { status: unsent, reason: result.reason, ...(result.rejected > 0 && { rejectedSpans: result.rejected }) };
  }
}

function refusal({ rejected, reason }: { rejected: number; reason: string }): { reason: string } {
  return { reason: `${rejected} ${rejected === 1 ? "span was" : "spans were"} refused: ${reason}` };
}

/** From the best to the worst. */
const BY_GRAVITY: readonly TraceExport["status"][] = ["off", "ok", "pending", "partial", "spooled", "failed"];

/** What became of the spans altogether: the worst that happened, and every reason with its destination's name. */
export function mergeExports(exports: Readonly<Record<string, TraceExport>>): TraceExport {
  const active = Object.entries(exports).filter(([, { status }]) => status !== "off");
  const [first] = active;
  if (!first) return { status: "off" };
  if (active.length === 1) return first[1];
  const statuses = active.map(([, { status }]) => status).sort((a, b) => BY_GRAVITY.indexOf(b) - BY_GRAVITY.indexOf(a));
  const reason = active.flatMap(([name, { reason: why }]) => (why === undefined ? [] : `${name}: ${why}`)).join("; ");
  const rejectedSpans = active.reduce((sum, [, { rejectedSpans: count = 0 }]) => sum + count, 0);
  return { status: statuses[0] ?? "off", ...(reason && { reason }), ...(rejectedSpans > 0 && { rejectedSpans }) };
}
