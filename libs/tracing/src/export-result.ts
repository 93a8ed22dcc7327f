import type { AudienceExport, Span } from "@pifleet/invocation";

/** What came of one export to one destination. */
export type ExportResult =
  | { readonly kind: "ok"; readonly sent: number }
  /** The collector took some and refused the others for good. */
  | { readonly kind: "partial"; readonly sent: number; readonly rejected: number; readonly reason: string }
  /** The collector refused all of it. Sending the same again does not help, unless the reason may pass. */
  | { readonly kind: "refused"; readonly rejected: number; readonly reason: string; readonly mayPass: boolean }
  /** There was no time to bring these last spans to the collector; they are for the caller to keep and send later. */
  | {
      readonly kind: "unsent";
      readonly sent: number;
      readonly rejected: number;
      readonly spans: readonly Span[];
      readonly reason: string;
      /** The pause that the collector asked for. */
      readonly retryAfterMs?: number;
    };

/**
 * The result as it is recorded.
 * @param tree the spans that the destination is to get; the export may have begun behind some of them
 * @param before what came of earlier tries
 */
export function toAudienceExport(result: ExportResult, tree: readonly Span[], before?: AudienceExport): AudienceExport {
  const rejected = (before?.rejectedSpans ?? 0) + ("rejected" in result ? result.rejected : 0);
  const rejectedSpans = rejected > 0 && { rejectedSpans: rejected };
  switch (result.kind) {
    case "ok":
      return rejected > 0 ? { status: "partial", reason: before?.reason ?? "", ...rejectedSpans } : { status: "ok" };
    case "partial":
      return { status: "partial", reason: refusal(result), ...rejectedSpans };
    case "refused":
      return { status: "failed", reason: result.reason, ...(result.mayPass && { again: true }) };
    case "unsent": {
      const sent = tree.length - result.spans.length;
      return { status: "spooled", reason: result.reason, ...rejectedSpans, ...(sent > 0 && { sent }), again: true };
    }
  }
}

function refusal({ rejected, reason }: { readonly rejected: number; readonly reason: string }): string {
  return `${rejected} ${rejected === 1 ? "span was" : "spans were"} refused: ${reason}`;
}
