import type { Span, TraceAudience } from "@pifleet/invocation";
import { parentFirst } from "./parent-first.ts";

/** The spans that tell how the fleet handled an invocation, and nothing of what its agent did. */
const FLEET_KINDS: ReadonlySet<Span["kind"]> = new Set(["server", "producer", "consumer"]);

/**
 * The tree that a destination gets, every parent before its children. The deployment's gets everything. The
 * invocation's own destination belongs to the caller, who has the span that the request came from and none of the
 * fleet's: there the agent's spans hang on the caller's span, or are roots if it has none.
 * @param callerSpanId the span that the submission came from
 */
export function treeFor(audience: TraceAudience, spans: readonly Span[], callerSpanId: string | null): Span[] {
  if (audience === "deployment") return parentFirst(spans);
  const own = spans.filter(({ kind }) => !FLEET_KINDS.has(kind));
  const ids = new Set(own.map(({ spanId }) => spanId));
  const adopted = own.map((span) =>
    ids.has(span.parentSpanId ?? "") ? span : { ...span, parentSpanId: callerSpanId },
  );
  return parentFirst(adopted);
}
