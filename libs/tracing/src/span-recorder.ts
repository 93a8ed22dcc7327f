import {
  type Invocation,
  type JournalEntry,
  type Outcome,
  Redactor,
  type RunnerRecord,
  type Span,
} from "@pifleet/invocation";
import { type Attributes, CUT_MARK_BYTES, MAX_VALUE_BYTES } from "./attribute-limits.ts";
import * as attributes from "./attributes.ts";
import { parseTraceparent } from "./carrier.ts";
import { ChatSpans } from "./chat-spans.ts";
import { Content, type ContentOptions } from "./content.ts";
import { consumerAttributes } from "./queue-attributes.ts";
import { SpanWriter } from "./span-writer.ts";

type RecordOf<Type extends RunnerRecord["type"]> = attributes.RecordOf<Type>;

export interface RecorderOptions {
  /** The queue that the claim came from: with it, the attempt's first span is `process {queue}`. */
  readonly queue?: string;
  /** Called at once for everything that happens to the spans; whoever keeps it can finish them (`spansFromJournal`). */
  readonly onEntry?: (entry: JournalEntry) => void;
  /** Keeps also what was said. Default: nothing of it. */
  readonly content?: ContentOptions;
  /** Takes secrets out of the submission's input. Default: one that knows the shapes of secrets only. */
  readonly redactor?: Redactor;
}

/**
 * Makes the spans of one attempt from what its runner reports: `process {queue}` → `invoke_agent` → `turn N` → `chat`
 * and `execute_tool`.
 *
 * It lives in the worker, so a runner that was killed still leaves a complete tree: `end` closes whatever is open,
 * leaf first, as failed for the reason that the attempt failed for. Expects records that are redacted already.
 */
export class SpanRecorder {
  readonly #spans: SpanWriter;
  readonly #content: Content | undefined;
  readonly #consumer: string | undefined;
  readonly #agent: string;
  readonly #chats: ChatSpans;
  readonly #tools = new Map<string, string>();
  #turn: string | undefined;

  /** @param startMs when the attempt began, Unix milliseconds */
  constructor(invocation: Invocation, worker: string, startMs: number, options: RecorderOptions = {}) {
    const { queue, onEntry, content, redactor = new Redactor() } = options;
    this.#content = content && new Content(invocation.submission, redactor, content);
    this.#spans = new SpanWriter({
      traceId: invocation.trace.traceId,
      attempt: invocation.attempt,
      common: attributes.commonAttributes(invocation),
      maxValueBytes: Math.max(MAX_VALUE_BYTES, (content?.maxBytes ?? 0) + CUT_MARK_BYTES),
      ...(onEntry && { onEntry }),
    });
    this.#chats = new ChatSpans(this.#spans, this.#content);
    this.#consumer = queue === undefined ? undefined : this.#startConsumer(queue, invocation, startMs);
    this.#agent = this.#spans.start({
      name: `invoke_agent ${invocation.agent ?? invocation.model}`,
      parentSpanId: this.#consumer ?? parseTraceparent(invocation.carrier.traceparent)?.spanId ?? null,
      startMs,
      attributes: { ...attributes.agentAttributes(invocation, worker), ...this.#content?.ofAgent() },
    });
  }

  /** The span of the agent's run, `invoke_agent`, under which everything hangs that belongs to no turn. */
  get rootSpanId(): string {
    return this.#agent;
  }

  /** How many spans there was no room for: an attempt has only so many. */
  get dropped(): number {
    return this.#spans.dropped;
  }

  /** Takes what the runner reported. Records that make no span are passed over. */
  observe(record: RunnerRecord): void {
    switch (record.type) {
      case "turn.started":
        this.#startTurn(record);
        break;
      case "turn.ended":
        this.#endTurn(record.at);
        break;
      case "request.started":
        this.#chats.start(record, this.#parent);
        break;
      case "request.first_byte":
        this.#chats.firstByte(record);
        break;
      case "request.ended":
        this.#chats.end(record);
        break;
      case "message.completed":
        this.#chats.addText(record.text);
        break;
      case "tool.started":
        this.#startTool(record);
        break;
      case "tool.ended":
        this.#endTool(record);
        break;
      case "retry.scheduled":
        this.event("retry", record.at, attributes.retryAttributes(record));
        break;
      case "compaction":
        this.#content?.compact();
        this.event("compaction", record.at, attributes.compactionAttributes(record));
        break;
    }
  }

  /** Notes something that happened to the attempt as a whole, such as `pause`, `resume` or `cancel`. */
  event(name: string, atMs: number, more?: Attributes): void {
    this.#spans.event(this.#agent, name, atMs, more);
  }

  /**
   * Closes all that is open and returns the spans, every parent before its children.
   * @param handedBack whether the worker gave the invocation back, which is no failure of the run
   */
  end(outcome: Outcome, endMs: number, { handedBack = false }: { readonly handedBack?: boolean } = {}): Span[] {
    const failure = handedBack ? undefined : (outcome.error ?? undefined);
    if (handedBack) this.event("handed_back", endMs);
    this.#chats.tellCalls();
    const above = [this.#agent, ...(this.#consumer ? [this.#consumer] : [])];
    this.#spans.endOpen(endMs, failure, new Set(above));
    this.#spans.add(this.#agent, this.#summary(outcome, handedBack));
    const result = failure ?? (handedBack ? undefined : "ok");
    for (const spanId of above) this.#spans.end(spanId, endMs, result);
    return this.#spans.spans();
  }

  #summary({ usage, status, output, error }: Outcome, handedBack: boolean): Attributes {
    const { dropped } = this.#spans;
    return {
      ...attributes.agentUsageAttributes(usage),
      ...(!handedBack && attributes.statusAttributes(status)),
      ...(output !== null && this.#content?.ofOutput(output, error !== null)),
      ...(dropped > 0 && attributes.droppedAttributes("spans", dropped)),
    };
  }

  #startConsumer(queue: string, invocation: Invocation, startMs: number): string {
    const producer = parseTraceparent(invocation.carrier.traceparent);
    return this.#spans.start({
      name: `process ${queue}`,
      kind: "consumer",
      parentSpanId: producer?.spanId ?? null,
      startMs,
      attributes: consumerAttributes(queue, invocation),
      ...(producer && { links: [{ traceId: producer.traceId, spanId: producer.spanId }] }),
    });
  }

  #startTurn({ turn, at }: RecordOf<"turn.started">): void {
    this.#endTurn(at);
    this.#turn = this.#spans.start({
      name: `turn ${turn}`,
      parentSpanId: this.#agent,
      startMs: at,
      attributes: attributes.turnAttributes(turn),
    });
  }

  #endTurn(atMs: number): void {
    this.#chats.tellCalls();
    if (this.#turn) this.#spans.end(this.#turn, atMs);
    this.#turn = undefined;
  }

  #startTool(record: RecordOf<"tool.started">): void {
    const { callId, name, at } = record;
    const content = this.#content?.addToolCall(callId, name, record.arguments);
    this.#chats.addToolCall();
    const before = this.#tools.get(callId);
    if (before) this.#spans.end(before, at);
    const spanId = this.#spans.start({
      name: `execute_tool ${name}`,
      parentSpanId: this.#parent,
      startMs: at,
      attributes: { ...attributes.toolAttributes(record), ...content },
    });
    this.#tools.set(callId, spanId);
  }

  #endTool(record: RecordOf<"tool.ended">): void {
    const spanId = this.#tools.get(record.callId);
    if (!spanId) return;
    this.#tools.delete(record.callId);
    const content = this.#content?.addToolResult(record.callId, record.text);
    const failure = record.isError && ({ code: "tool_error", message: "the tool reported an error" } as const);
    const result = { ...attributes.toolResultAttributes(record), ...content };
    this.#spans.end(spanId, record.at, failure || undefined, result);
  }

  get #parent(): string {
    return this.#turn ?? this.#agent;
  }
}
