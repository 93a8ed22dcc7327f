import type { ErrorCode, Invocation, Outcome, RunnerRecord, Span } from "@pifleet/invocation";
import {
  type Attributes,
  agentAttributes,
  agentUsageAttributes,
  commonAttributes,
  compactionAttributes,
  errorAttributes,
  firstByteAttributes,
  type RecordOf,
  requestAttributes,
  responseAttributes,
  retryAttributes,
  toolAttributes,
  toolResultAttributes,
  turnAttributes,
} from "./attributes.ts";
import { parseTraceparent } from "./carrier.ts";
import { newSpanId } from "./ids.ts";

/**
 * Makes the spans of one attempt from what its runner reports: `invoke_agent` → `turn N` → `chat` and `execute_tool`.
 *
 * It lives in the worker, so a runner that was killed still leaves a complete tree: `end` closes whatever is open,
 * leaf first, as failed for the reason that the attempt failed for. Expects records that are redacted already.
 */
export class SpanRecorder {
  readonly #invocation: Invocation;
  readonly #common: Attributes;
  /** In the order in which they were opened, which puts every parent before its children. */
  readonly #spans: Span[] = [];
  readonly #open = new Set<Span>();
  readonly #root: Span;
  #turn: Span | undefined;
  #request: Span | undefined;
  readonly #tools = new Map<string, Span>();

  /** @param startMs when the attempt began, Unix milliseconds */
  constructor(invocation: Invocation, worker: string, startMs: number) {
    this.#invocation = invocation;
    this.#common = commonAttributes(invocation);
    const parent = parseTraceparent(invocation.carrier.traceparent)?.spanId ?? null;
    const name = `invoke_agent ${invocation.agent ?? invocation.model}`;
    this.#root = this.#start(name, parent, startMs, agentAttributes(invocation, worker));
  }

  /** The span under which spans hang that belong to no turn. */
  get rootSpanId(): string {
    return this.#root.spanId;
  }

  /** Takes what the runner reported. Records that make no span are passed over. */
  observe(record: RunnerRecord): void {
    switch (record.type) {
      case "turn.started":
        this.#turn = this.#start(`turn ${record.turn}`, this.#root.spanId, record.at, turnAttributes(record.turn));
        break;
      case "turn.ended":
        this.#turn = this.#end(this.#turn, record.at);
        break;
      case "request.started":
        this.#startRequest(record);
        break;
      case "request.first_byte":
        if (this.#request) this.#add(this.#request, firstByteAttributes(record.at - this.#request.startMs));
        break;
      case "request.ended":
        this.#endRequest(record);
        break;
      case "tool.started":
        this.#startTool(record);
        break;
      case "tool.ended":
        this.#endTool(record);
        break;
      case "retry.scheduled":
        this.event("retry", record.at, retryAttributes(record));
        break;
      case "compaction":
        this.event("compaction", record.at, compactionAttributes(record));
        break;
    }
  }

  /** Notes something that happened to the attempt as a whole. */
  event(name: string, atMs: number, attributes?: Attributes): void {
    this.#root.events.push({ name, atMs, ...(attributes && { attributes }) });
  }

  /** Closes all that is open and returns the spans, every parent before its children. */
  end(outcome: Outcome, endMs: number): Span[] {
    const failure = outcome.error ?? undefined;
    this.#add(this.#root, { ...agentUsageAttributes(outcome.usage), "pifleet.status": outcome.status });
    for (const span of [...this.#open].reverse()) {
      if (failure) this.#fail(span, failure.code, failure.message);
      else if (span === this.#root) span.status = { code: "ok" };
      this.#end(span, endMs);
    }
    return this.#spans;
  }

  #startRequest(record: RecordOf<"request.started">): void {
    const name = `chat ${record.model}`;
    this.#request = this.#start(name, this.#parent(), record.at, requestAttributes(record), "client");
  }

  #endRequest(record: RecordOf<"request.ended">): void {
    const request = this.#request;
    if (!request) return;
    this.#add(request, responseAttributes(record));
    if (record.error !== undefined) this.#fail(request, "provider_error", record.error);
    this.#request = this.#end(request, record.at);
  }

  #startTool(record: RecordOf<"tool.started">): void {
    const name = `execute_tool ${record.name}`;
    this.#tools.set(record.callId, this.#start(name, this.#parent(), record.at, toolAttributes(record)));
  }

  #endTool(record: RecordOf<"tool.ended">): void {
    const tool = this.#tools.get(record.callId);
    if (!tool) return;
    this.#add(tool, toolResultAttributes(record));
    if (record.isError) this.#fail(tool, "tool_error", "the tool reported an error");
    this.#end(tool, record.at);
    this.#tools.delete(record.callId);
  }

  #parent(): string {
    return (this.#turn ?? this.#root).spanId;
  }

  #start(
    name: string,
    parentSpanId: string | null,
    startMs: number,
    attributes: Attributes,
    kind: Span["kind"] = "internal",
  ): Span {
    const span: Span = {
      traceId: this.#invocation.trace.traceId,
      spanId: newSpanId(),
      parentSpanId,
      name,
      kind,
      attempt: this.#invocation.attempt,
      startMs,
      endMs: startMs,
      status: { code: "unset" },
      attributes: { ...this.#common, ...attributes },
      events: [],
    };
    this.#spans.push(span);
    this.#open.add(span);
    return span;
  }

  #add(span: Span, attributes: Attributes): void {
    Object.assign(span.attributes, attributes);
  }

  #fail(span: Span, type: ErrorCode | "tool_error", message: string): void {
    span.status = { code: "error", message };
    this.#add(span, errorAttributes(type));
  }

  /** A span never ends before it started, whatever the two clocks say. */
  #end(span: Span | undefined, endMs: number): undefined {
    if (!span || !this.#open.delete(span)) return undefined;
    span.endMs = Math.max(endMs, span.startMs);
    return undefined;
  }
}
