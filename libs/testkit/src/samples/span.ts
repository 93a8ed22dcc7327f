import type { Span } from "@pifleet/invocation";

/** A finished span of an attempt. */
export function sampleSpan(attempt: number, name: string): Span {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    parentSpanId: null,
    name,
    kind: "internal",
    attempt,
    startMs: 1_760_000_000_000.25,
    endMs: 1_760_000_000_100,
    status: { code: "ok" },
    attributes: { "gen_ai.request.model": "scripted", flags: [true, false], empty: [] },
    events: [],
  };
}
