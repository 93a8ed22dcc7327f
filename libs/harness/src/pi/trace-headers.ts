import type { ProviderHeaders } from "@earendil-works/pi-ai";
import type { RunnerTask } from "@pifleet/invocation";
import { traceparentFor } from "@pifleet/tracing/carrier";

/** The trace that model requests are joined to. */
export type RequestTrace = NonNullable<RunnerTask["trace"]>;

/**
 * The headers with which a model request says which span it is, so that whoever receives it can join the trace. A
 * `tracestate` of the deployment's own belongs to another parent: without one of the caller's there is none.
 */
export function traceHeaders({ traceId, sampled, tracestate }: RequestTrace, spanId: string): ProviderHeaders {
  return { traceparent: traceparentFor(traceId, spanId, sampled), tracestate: tracestate ?? null };
}
