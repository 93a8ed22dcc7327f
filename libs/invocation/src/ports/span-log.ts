import type { InvocationId } from "../id.ts";
import type { Span } from "../trace.ts";
import type { Fenced } from "./store.ts";

/**
 * The port to the spans of an invocation, kept as long as its record. Those of a submission are written with the
 * record, those of an attempt when it is settled. Until then its journal stands for them, which the event log takes.
 */
export interface SpanLog {
  /** All finished spans, in the order in which they were written. */
  read(id: InvocationId): Promise<Span[]>;
  /** The journal of an attempt whose spans are not written yet, as its entries were appended. */
  journal(id: InvocationId, attempt: number): Promise<string[]>;
  /** Writes the spans of an attempt that was lost, in exchange for its journal; stale when that was done before. */
  finish(id: InvocationId, attempt: number, spans: readonly Span[]): Promise<Fenced>;
}
