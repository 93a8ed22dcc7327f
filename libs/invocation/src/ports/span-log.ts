import type { InvocationId } from "../id.ts";
import type { Span } from "../trace.ts";
import type { Fenced } from "./store.ts";

/** The port to the finished spans of an invocation, kept as long as its record. */
export interface SpanLog {
  /** Appends spans of an attempt; allowed after the end, while no newer attempt has started. */
  append(id: InvocationId, attempt: number, spans: readonly Span[]): Promise<Fenced>;
  /** All spans, in the order in which they were appended. */
  read(id: InvocationId): Promise<Span[]>;
}
