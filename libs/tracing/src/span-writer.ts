import type { ErrorCode, JournalEntry, Span, SpanLink } from "@pifleet/invocation";
import { type Attributes, boundAttributes, cutText, MAX_MESSAGE_BYTES, MAX_NAME_BYTES } from "./attribute-limits.ts";
import { errorAttributes } from "./attributes.ts";
import { newSpanId } from "./ids.ts";
import { SpanBook } from "./span-book.ts";

export interface SpanWriterOptions {
  readonly traceId: string;
  readonly attempt: number;
  /** On every span. */
  readonly common: Attributes;
  /** How long the value of an attribute may be, bytes of UTF-8. */
  readonly maxValueBytes: number;
  readonly onEntry?: (entry: JournalEntry) => void;
}

/** A span that starts now. */
export interface NewSpan {
  readonly name: string;
  readonly parentSpanId: string | null;
  readonly startMs: number;
  readonly attributes: Attributes;
  /** Default `internal`. */
  readonly kind?: Span["kind"];
  readonly links?: SpanLink[];
  /** The id under which others know the span already. Default, and when another span has it: a new one. */
  readonly spanId?: string;
}

/** How a span ended; with none, its status stays unset. */
export type SpanResult = "ok" | { readonly code: ErrorCode | "tool_error"; readonly message: string };

/** Writes the spans of one attempt, entry by entry, with everything in them cut to what a span may hold. */
export class SpanWriter {
  readonly #options: SpanWriterOptions;
  readonly #book = new SpanBook();

  constructor(options: SpanWriterOptions) {
    this.#options = options;
  }

  /** How many spans there was no room for. */
  get dropped(): number {
    return this.#book.droppedSpans;
  }

  /** When the span started, Unix milliseconds. */
  startOf(spanId: string): number | undefined {
    return this.#book.get(spanId)?.startMs;
  }

  /** Starts a span and returns its id. */
  start({ name, attributes, kind = "internal", links, spanId: wished, ...rest }: NewSpan): string {
    const { traceId, attempt, common } = this.#options;
    const spanId = wished === undefined || this.#book.mentions(wished) ? newSpanId() : wished;
    const bounded = { ...common, ...this.#bounded(attributes) };
    const span = { traceId, spanId, name: cutText(name, MAX_NAME_BYTES), kind, attempt, ...rest, attributes: bounded };
    this.#write({ kind: "start", span: { ...span, ...(links && { links }) } });
    return spanId;
  }

  /** Adds attributes, also to a span that has ended. */
  add(spanId: string, attributes: Attributes): void {
    const bounded = this.#bounded(attributes);
    if (hasAny(bounded)) this.#write({ kind: "attributes", spanId, attributes: bounded });
  }

  event(spanId: string, name: string, atMs: number, attributes?: Attributes): void {
    const event = { name: cutText(name, MAX_NAME_BYTES), atMs };
    this.#write({
      kind: "event",
      spanId,
      event: attributes ? { ...event, attributes: this.#bounded(attributes) } : event,
    });
  }

  /** Ends a span; nothing happens when it has ended. */
  end(spanId: string, endMs: number, result?: SpanResult, attributes: Attributes = {}): void {
    const failed = typeof result === "object";
    const message = failed ? cutText(result.message, MAX_MESSAGE_BYTES) : "";
    const code: Span["status"]["code"] = failed ? "error" : (result ?? "unset");
    const all = this.#bounded(failed ? { ...attributes, ...errorAttributes(result.code) } : attributes);
    const entry = { kind: "end", spanId, endMs, status: message === "" ? { code } : { code, message } } as const;
    this.#write(hasAny(all) ? { ...entry, attributes: all } : entry);
  }

  /** Closes what is open but for `except`, leaf first; as cut short when there is an error. */
  endOpen(endMs: number, error: Exclude<SpanResult, "ok"> | undefined, except: ReadonlySet<string>): void {
    for (const entry of this.#book.closing(endMs, error)) if (!except.has(entry.spanId)) this.#write(entry);
  }

  /** All spans, every parent before its children. */
  spans(): Span[] {
    return this.#book.spans();
  }

  #bounded(attributes: Attributes): Attributes {
    return boundAttributes(attributes, this.#options.maxValueBytes);
  }

  #write(entry: JournalEntry): void {
    if (this.#book.apply(entry)) this.#options.onEntry?.(entry);
  }
}

function hasAny(attributes: Attributes): boolean {
  for (const _ in attributes) return true;
  return false;
}
