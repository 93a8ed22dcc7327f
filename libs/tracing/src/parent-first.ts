import type { Span } from "@pifleet/invocation";

/** The spans with every parent before its children, and otherwise in the order in which they came. */
export function parentFirst(spans: readonly Span[]): Span[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const ordered = new Set<Span>();
  for (const span of spans) for (const next of lineOf(span, byId, ordered)) ordered.add(next);
  return [...ordered];
}

/** The span and those above it that are not placed yet, the highest first. A circle is cut where it was entered. */
function lineOf(span: Span, byId: ReadonlyMap<string, Span>, placed: ReadonlySet<Span>): Span[] {
  const line = new Set<Span>();
  for (let above: Span | undefined = span; above && !placed.has(above) && !line.has(above); ) {
    line.add(above);
    above = byId.get(above.parentSpanId ?? "");
  }
  return [...line].reverse();
}
