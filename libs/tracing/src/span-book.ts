import type { JournalEntry, Span } from "@pifleet/invocation";
import { type Attributes, cutText, MAX_MESSAGE_BYTES } from "./attribute-limits.ts";
import { CUT_SHORT, droppedAttributes, errorAttributes } from "./attributes.ts";

/** How many spans one attempt may have. */
const MAX_SPANS = 10_000;
/** OpenTelemetry's own limits are 128 each (https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits). */
const MAX_EVENTS = 128;
/** Leaves room for the attributes that tell what was dropped. */
const MAX_ATTRIBUTES = 125;

type EndEntry = Extract<JournalEntry, { kind: "end" }>;

/** Why spans are closed that did not end by themselves. */
export interface ClosingError {
  readonly code: Parameters<typeof errorAttributes>[0];
  readonly message: string;
}

/**
 * The spans of one attempt as the entries of a journal make them, one by one. The recorder writes its spans through
 * such a book, and whoever finishes a lost worker's trace reads its journal into one, so both come to the same spans.
 */
export class SpanBook {
  /** In the order in which they started, which puts every parent before its children. */
  readonly #spans = new Map<string, Span>();
  readonly #open = new Set<Span>();
  readonly #dropped = new Map<Span, { attributes: number; events: number }>();
  /** How many spans there was no room for. */
  droppedSpans = 0;

  /** Takes one entry. Returns `false` for one that changes nothing: it came before, or is about no span that is here. */
  apply(entry: JournalEntry): boolean {
    if (entry.kind === "start") return this.#start(entry);
    const span = this.#spans.get(entry.spanId);
    if (!span) return false;
    switch (entry.kind) {
      case "attributes":
        this.#assign(span, entry.attributes);
        return true;
      case "event":
        return this.#addEvent(span, entry.event);
      case "end":
        return this.#end(span, entry);
    }
  }

  /** A span that has started. */
  get(spanId: string): Readonly<Span> | undefined {
    return this.#spans.get(spanId);
  }

  /** Whether the id is that of a span that is here, or of the one outside that they all hang under. */
  mentions(spanId: string): boolean {
    const [root] = this.#spans.values();
    return this.#spans.has(spanId) || root?.parentSpanId === spanId;
  }

  /** What closes everything that is open, leaf first: as cut short by the error, or without a status if there is none. */
  closing(endMs: number, error?: ClosingError): EndEntry[] {
    const attributes = error && { ...errorAttributes(error.code), ...CUT_SHORT };
    const message = error && cutText(error.message, MAX_MESSAGE_BYTES);
    const status: Span["status"] = error ? { code: "error", ...(message && { message }) } : { code: "unset" };
    const ids = [...this.#open].reverse().map(({ spanId }) => spanId);
    return ids.map((spanId) => ({ kind: "end", spanId, endMs, status, ...(attributes && { attributes }) }));
  }

  /** All spans, in the order in which they started. What was dropped is told by attributes. */
  spans(): Span[] {
    const spans = [...this.#spans.values()];
    for (const [span, { attributes, events }] of this.#dropped) {
      if (attributes > 0) Object.assign(span.attributes, droppedAttributes("attributes", attributes));
      if (events > 0) Object.assign(span.attributes, droppedAttributes("events", events));
    }
    return spans;
  }

  #start({ span: started }: Extract<JournalEntry, { kind: "start" }>): boolean {
    if (this.#spans.has(started.spanId)) return false;
    if (this.#spans.size >= MAX_SPANS) {
      this.droppedSpans += 1;
      return false;
    }
    const span: Span = { ...started, endMs: started.startMs, status: { code: "unset" }, attributes: {}, events: [] };
    this.#assign(span, started.attributes);
    this.#spans.set(span.spanId, span);
    this.#open.add(span);
    return true;
  }

  #addEvent(span: Span, event: Span["events"][number]): boolean {
    const repeated = span.events.some((known) => sameEvent(known, event));
    if (repeated) return false;
    if (span.events.length < MAX_EVENTS) span.events.push(event);
    else this.#droppedOf(span).events += 1;
    return true;
  }

  /** A span never ends before it started, whatever the two clocks say. */
  #end(span: Span, { endMs, status, attributes }: EndEntry): boolean {
    if (!this.#open.delete(span)) return false;
    span.endMs = Math.max(endMs, span.startMs);
    span.status = { ...status };
    if (attributes) this.#assign(span, attributes);
    return true;
  }

  #assign(span: Span, attributes: Attributes): void {
    let count = Object.keys(span.attributes).length;
    for (const [key, value] of Object.entries(attributes)) {
      const known = key in span.attributes;
      if (known || count < MAX_ATTRIBUTES) span.attributes[key] = value;
      else this.#droppedOf(span).attributes += 1;
      if (!known) count += 1;
    }
  }

  #droppedOf(span: Span): { attributes: number; events: number } {
    const dropped = this.#dropped.get(span) ?? { attributes: 0, events: 0 };
    this.#dropped.set(span, dropped);
    return dropped;
  }
}

function sameEvent(a: Span["events"][number], b: Span["events"][number]): boolean {
  return a.name === b.name && a.atMs === b.atMs && JSON.stringify(a.attributes) === JSON.stringify(b.attributes);
}
