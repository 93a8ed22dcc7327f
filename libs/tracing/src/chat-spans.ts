import { firstByteAttributes, type RecordOf, requestAttributes, responseAttributes } from "./attributes.ts";
import type { Content } from "./content.ts";
import type { SpanWriter } from "./span-writer.ts";

/** A model request whose answer is told piece by piece, also after it has ended. */
interface Answer {
  readonly spanId: string;
  stopReason: string;
  hasNewCalls: boolean;
}

/** The `chat` spans of an attempt: one for each model request, so one that is made again is a sibling. */
export class ChatSpans {
  readonly #spans: SpanWriter;
  readonly #content: Content | undefined;
  #open: string | undefined;
  #answer: Answer | undefined;

  constructor(spans: SpanWriter, content: Content | undefined) {
    this.#spans = spans;
    this.#content = content;
  }

  start(record: RecordOf<"request.started">, parentSpanId: string): void {
    this.tellCalls();
    if (this.#open) this.#spans.end(this.#open, record.at);
    this.#content?.beginAnswer();
    const spanId = this.#spans.start({
      name: `chat ${record.model}`,
      kind: "client",
      parentSpanId,
      startMs: record.at,
      attributes: { ...requestAttributes(record), ...this.#content?.ofRequest() },
      ...(record.spanId !== undefined && { spanId: record.spanId }),
    });
    this.#open = spanId;
    this.#answer = { spanId, stopReason: "stop", hasNewCalls: false };
  }

  firstByte({ at }: RecordOf<"request.first_byte">): void {
    if (!this.#open) return;
    const startMs = this.#spans.startOf(this.#open) ?? at;
    this.#spans.add(this.#open, firstByteAttributes(Math.max(0, at - startMs)));
  }

  end(record: RecordOf<"request.ended">): void {
    const spanId = this.#open;
    if (!spanId) return;
    const { error: message, errorCode, at, stopReason } = record;
    this.#open = undefined;
    if (this.#answer) this.#answer.stopReason = stopReason;
    const failure = message === undefined ? undefined : { code: errorCode ?? ("provider_error" as const), message };
    this.#spans.end(spanId, at, failure, responseAttributes(record));
  }

  /** The model has said a part of its answer as a whole. */
  addText(text: string): void {
    if (text === "") return;
    this.#content?.addText(text);
    this.#tellAnswer();
  }

  /** The model has asked for a tool. What that adds to its answer is written by `tellCalls`. */
  addToolCall(): void {
    if (this.#answer) this.#answer.hasNewCalls = true;
  }

  /** Tool calls come one by one; the answer is written again when there can be no more of them. */
  tellCalls(): void {
    if (this.#answer?.hasNewCalls) this.#tellAnswer();
  }

  /** What the model has said until now, on the span of its request. */
  #tellAnswer(): void {
    if (!this.#content || !this.#answer) return;
    this.#answer.hasNewCalls = false;
    this.#spans.add(this.#answer.spanId, this.#content.ofAnswer(this.#answer.stopReason));
  }
}
