import {
  type ErrorCode,
  invocationError,
  type JournalEntry,
  type Outcome,
  Redactor,
  type RunnerRecord,
  type Span,
} from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { type RecorderOptions, SpanRecorder } from "./span-recorder.ts";
import { spansFromJournal } from "./spans-from-journal.ts";
import { CALLER as PARENT, REQUEST_USAGE, RUN, SUCCESS, TRACE, TRACEPARENT } from "./testing/sample-run.ts";

const invocation = sampleInvocation(
  { model: "openai/gpt-test" },
  { attempt: 1, carrier: { traceparent: TRACEPARENT } },
);

function record(records: RunnerRecord[], outcome: Outcome, options?: RecorderOptions): Span[] {
  const recorder = new SpanRecorder(invocation, "wrk_1", 1_000, options);
  for (const item of records) recorder.observe(item);
  return recorder.end(outcome, 1_300);
}

function failed(code: ErrorCode, message = "It failed"): Outcome {
  return { ...SUCCESS, status: "failed", error: invocationError(code, message) };
}

const named = (spans: Span[], name: string) => spans.filter((span) => span.name === name);

describe("the spans of an attempt", () => {
  it("are a tree under the caller's span, every parent before its children", () => {
    const spans = record(RUN, SUCCESS);
    const nameOf = (id: string | null) => spans.find(({ spanId }) => spanId === id)?.name ?? id;
    expect(spans.map(({ name, parentSpanId }) => [name, nameOf(parentSpanId)])).toEqual([
      ["invoke_agent openai/gpt-test", PARENT],
      ["turn 1", "invoke_agent openai/gpt-test"],
      ["chat gpt-test", "turn 1"],
      ["execute_tool bash", "turn 1"],
      ["execute_tool read", "turn 1"],
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  });

  it("carry usage, the time to the first chunk and exit codes", () => {
    const [agent, , chat, bash, read] = record(RUN, SUCCESS);
    expect(agent?.attributes).toMatchObject({ "gen_ai.usage.input_tokens": 10, "pifleet.status": "succeeded" });
    expect(agent?.status).toEqual({ code: "ok" });
    expect(chat?.attributes).toMatchObject({
      "gen_ai.response.time_to_first_chunk": 0.1,
      "gen_ai.usage.output_tokens": 5,
      "llm.token_count.total": 15,
    });
    expect(bash?.attributes).toMatchObject({ "process.exit.code": 0, "gen_ai.tool.call.id": "a" });
    expect(read).toMatchObject({ status: { code: "error" }, attributes: { "error.type": "tool_error" } });
  });

  it("are all closed, as failed for the attempt's reason, when it is cut short", () => {
    const error = invocationError("timeout_idle", "no progress");
    const spans = record(RUN.slice(0, 6), { ...SUCCESS, status: "timed_out", error });
    const open = spans.filter(({ name }) => !name.startsWith("chat"));
    expect(open.map(({ name }) => name)).toEqual(["invoke_agent openai/gpt-test", "turn 1", "execute_tool bash"]);
    for (const span of open) {
      expect(span).toMatchObject({
        endMs: 1_300,
        status: { code: "error" },
        attributes: { "error.type": "timeout_idle" },
      });
    }
  });

  it("hang on nothing when the caller has no trace", () => {
    const [root] = new SpanRecorder({ ...invocation, carrier: {} }, "wrk_1", 1_000).end(SUCCESS, 1_001);
    expect(root).toMatchObject({ parentSpanId: null, traceId: TRACE });
  });

  it("begin with the claim, which is linked to the span that it was sent by", () => {
    const [consumer, agent] = record(RUN, SUCCESS, { queue: "invocations" });
    expect(consumer).toEqual({
      traceId: TRACE,
      spanId: expect.stringMatching(/^[\da-f]{16}$/),
      parentSpanId: PARENT,
      name: "process invocations",
      kind: "consumer",
      attempt: 1,
      startMs: 1_000,
      endMs: 1_300,
      status: { code: "ok" },
      links: [{ traceId: TRACE, spanId: PARENT }],
      events: [],
      attributes: {
        "session.id": invocation.id,
        "gen_ai.conversation.id": invocation.id,
        "messaging.system": "bullmq",
        "messaging.destination.name": "invocations",
        "messaging.message.id": invocation.id,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "openinference.span.kind": "CHAIN",
        "pifleet.invocation.id": invocation.id,
        "pifleet.tenant": "default",
        "pifleet.attempt": 1,
      },
    });
    expect(agent).toMatchObject({ name: "invoke_agent openai/gpt-test", parentSpanId: consumer?.spanId });
  });

  it("all carry the session, and what failed carries why", () => {
    const spans = record(RUN.slice(0, 5), failed("runner_crashed"), { queue: "invocations" });
    expect(spans.every(({ attributes }) => attributes["session.id"] === invocation.id)).toBe(true);
    expect(spans.map(({ name, status, attributes }) => [name, status.code, attributes["error.type"]])).toEqual([
      ["process invocations", "error", "runner_crashed"],
      ["invoke_agent openai/gpt-test", "error", "runner_crashed"],
      ["turn 1", "error", "runner_crashed"],
      ["chat gpt-test", "unset", undefined],
    ]);
    const cutShort = spans.filter(({ attributes }) => attributes["pifleet.cut_short"]).map(({ name }) => name);
    expect(cutShort).toEqual(["turn 1"]);
  });

  it("show a request that is made again as a sibling, and the retry on the agent's span", () => {
    const request = (at: number, error?: string): RunnerRecord[] => [
      { type: "request.started", at, provider: "openai", model: "gpt-test" },
      {
        type: "request.ended",
        at: at + 5,
        stopReason: error ? "error" : "stop",
        usage: REQUEST_USAGE,
        ...(error && { error }),
      },
    ];
    const spans = record(
      [
        { type: "turn.started", at: 1_010, turn: 1 },
        ...request(1_020, "429 slow down"),
        { type: "retry.scheduled", at: 1_030, delayMs: 20, reason: "429 slow down" },
        ...request(1_050),
        { type: "compaction", at: 1_060, reason: "threshold" },
      ],
      SUCCESS,
    );
    const [agent, turn, ...chats] = spans;
    expect(chats.map(({ parentSpanId, status }) => [parentSpanId, status])).toEqual([
      [turn?.spanId, { code: "error", message: "429 slow down" }],
      [turn?.spanId, { code: "unset" }],
    ]);
    expect(chats[0]?.attributes["error.type"]).toBe("provider_error");
    expect(agent?.events).toEqual([
      {
        name: "retry",
        atMs: 1_030,
        attributes: { "pifleet.retry.delay_ms": 20, "pifleet.retry.reason": "429 slow down" },
      },
      { name: "compaction", atMs: 1_060, attributes: { "pifleet.compaction.reason": "threshold" } },
    ]);
  });

  it("have the ids under which the model requests were sent, if no other span has them", () => {
    const ids = ["a1".repeat(8), "b2".repeat(8), "a1".repeat(8), PARENT];
    const entries: JournalEntry[] = [];
    const records = ids.map((spanId): RunnerRecord => {
      return { type: "request.started", at: 1_020, provider: "openai", model: "gpt-test", spanId };
    });
    const spans = record(records, SUCCESS, { onEntry: (entry) => entries.push(entry) });
    const [first, second, ...others] = named(spans, "chat gpt-test").map(({ spanId }) => spanId);
    expect([first, second]).toEqual(ids.slice(0, 2));
    expect(others).toHaveLength(2);
    expect(others.some((spanId) => ids.includes(spanId))).toBe(false);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(spansFromJournal(entries, { lostAtMs: 9_000 })).toEqual(spans);
  });

  it("take the provider's code from the runner when it tells it", () => {
    const request = (spanId: string, errorCode?: ErrorCode): RunnerRecord[] => {
      const usage = REQUEST_USAGE;
      const failure = errorCode && { stopReason: "error", error: "no", errorCode };
      return [
        { type: "request.started", at: 1_020, provider: "openai", model: "gpt-test", spanId },
        { type: "request.ended", at: 1_025, stopReason: "stop", usage, ...failure },
      ];
    };
    const records = [
      ...request("a1".repeat(8), "provider_overloaded"),
      ...request("b2".repeat(8), "provider_rate_limited"),
      ...request("c3".repeat(8)),
    ];
    for (const outcome of [SUCCESS, failed("runner_crashed"), failed("provider_auth")]) {
      const chats = named(record(records, outcome), "chat gpt-test");
      expect(chats.map(({ status, attributes }) => [status.code, attributes["error.type"]])).toEqual([
        ["error", "provider_overloaded"],
        ["error", "provider_rate_limited"],
        ["unset", undefined],
      ]);
    }
  });

  it("never end before they start, nor count time backwards, whatever the clocks say", () => {
    const records: RunnerRecord[] = [
      { type: "turn.started", at: 5_000, turn: 1 },
      { type: "request.started", at: 4_000, provider: "openai", model: "gpt-test" },
      { type: "request.first_byte", at: 3_000 },
    ];
    const spans = record(records, SUCCESS);
    expect(spans.every(({ startMs, endMs }) => endMs >= startMs)).toBe(true);
    expect(named(spans, "chat gpt-test")[0]?.attributes["gen_ai.response.time_to_first_chunk"]).toBe(0);
  });

  it("cut what is too long in a name, a message or an attribute, and say so", () => {
    const long = "ä".repeat(100_000);
    const records: RunnerRecord[] = [
      { type: "tool.started", at: 1_010, callId: long, name: long, arguments: {} },
      { type: "request.started", at: 1_010, provider: "openai", model: "gpt-test" },
      { type: "request.ended", at: 1_020, stopReason: "error", usage: REQUEST_USAGE, error: long },
    ];
    const [, tool, chat] = record(records, SUCCESS);
    expect(tool?.name.length).toBeLessThan(300);
    expect(tool?.attributes["gen_ai.tool.call.id"]).toMatch(/^ä{8192}…\[cut: 183616 more bytes\]$/);
    expect(chat?.status.message).toMatch(/^ä{2048}…\[cut: 195904 more bytes\]$/);
  });

  it("are bounded, and tell how much was dropped", () => {
    const recorder = new SpanRecorder(invocation, "wrk_1", 1_000);
    for (let i = 0; i < 11_000; i += 1) {
      recorder.observe({ type: "tool.started", at: i, callId: String(i), name: "read", arguments: {} });
      recorder.event("retry", i);
    }
    const spans = recorder.end(SUCCESS, 20_000);
    expect(spans).toHaveLength(10_000);
    expect(spans[0]?.events).toHaveLength(128);
    expect(spans[0]?.attributes).toMatchObject({ "pifleet.dropped.spans": 1_001, "pifleet.dropped.events": 10_872 });
  });
});

describe("the content of an attempt", () => {
  const KEYS =
    /^gen_ai\.(input|output)\.messages$|^gen_ai\.(system_instructions|tool\.call\.(arguments|result))$|^(input|output)\./;
  const keysOf = (span: Span | undefined) => Object.keys(span?.attributes ?? {}).filter((key) => KEYS.test(key));
  const parsed = (span: Span | undefined, key: string) => JSON.parse(String(span?.attributes[key]));

  it("is not kept unless that is wanted", () => {
    expect(record(RUN, SUCCESS).flatMap(keysOf)).toEqual([]);
  });

  it("has no text for an answer that only calls tools", () => {
    const silent = RUN.map((item) => (item.type === "message.completed" ? { ...item, text: "" } : item));
    const [, , chat] = record(silent, SUCCESS, { content: { maxBytes: 4_096 } });
    const [{ parts }] = parsed(chat, "gen_ai.output.messages");
    expect(parts.map(({ type }: { type: string }) => type)).toEqual(["tool_call", "tool_call"]);
  });

  it("is kept in the shape of the conventions when it is", () => {
    const recorder = new SpanRecorder(
      sampleInvocation({ model: "openai/gpt-test", input: "Do it", instructions: "Be kind" }, { attempt: 1 }),
      "wrk_1",
      1_000,
      { content: { maxBytes: 4_096 } },
    );
    const second: RunnerRecord = { type: "request.started", at: 1_270, provider: "openai", model: "gpt-test" };
    for (const item of [...RUN, second]) recorder.observe(item);
    const [agent, , first, bash, read, next] = recorder.end(SUCCESS, 1_300);
    const asked = { role: "user", parts: [{ type: "text", content: "Do it" }] };
    const parts = [
      { type: "text", content: "I look." },
      { type: "tool_call", id: "a", name: "bash", arguments: { command: "ls" } },
      { type: "tool_call", id: "b", name: "read", arguments: { path: "x" } },
    ];
    expect(parsed(agent, "gen_ai.system_instructions")).toEqual([{ type: "text", content: "Be kind" }]);
    expect(parsed(agent, "gen_ai.input.messages")).toEqual([asked]);
    expect(parsed(agent, "gen_ai.output.messages")).toEqual([
      { role: "assistant", parts: [{ type: "text", content: "done" }], finish_reason: "stop" },
    ]);
    expect(agent?.attributes["output.value"]).toBe("done");
    expect(parsed(first, "gen_ai.input.messages")).toEqual([asked]);
    expect(parsed(first, "gen_ai.output.messages")).toEqual([{ role: "assistant", parts, finish_reason: "tool_call" }]);
    expect(parsed(bash, "gen_ai.tool.call.arguments")).toEqual({ command: "ls" });
    expect(bash?.attributes).toMatchObject({ "gen_ai.tool.call.result": "a.ts", "output.value": "a.ts" });
    expect(read?.attributes["gen_ai.tool.call.result"]).toBe("no such file");
    expect(parsed(next, "gen_ai.input.messages")).toEqual([
      asked,
      { role: "assistant", parts },
      { role: "tool", parts: [{ type: "tool_call_response", id: "b", response: "no such file" }] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "a", response: "a.ts" }] },
    ]);
  });

  it("holds no secret of the input, also where it is cut", () => {
    const secret = "correct-horse-battery";
    for (let before = 0; before < 200; before += 1) {
      const input = `${"x".repeat(before)}${secret} and sk-ant-abcdefghijklmnop`;
      const recorder = new SpanRecorder(sampleInvocation({ input }, { attempt: 1 }), "wrk_1", 1_000, {
        content: { maxBytes: 128 },
        redactor: new Redactor([secret]),
      });
      const json = JSON.stringify(recorder.end(SUCCESS, 1_100));
      expect(json).not.toContain("sk-ant");
      expect(json).not.toContain("horse");
    }
  });

  it("is cut to its limit with a mark, and stays JSON", () => {
    const input = [
      { role: "user" as const, content: "long ".repeat(10_000) },
      { role: "assistant" as const, content: "short" },
      {
        role: "user" as const,
        content: [{ type: "image" as const, mediaType: "image/png", data: "AAAA".repeat(10_000) }],
      },
    ];
    const content = { maxBytes: 1_024 };
    const [agent] = new SpanRecorder(sampleInvocation({ input }, { attempt: 1 }), "w", 1, { content }).end(SUCCESS, 2);
    const json = String(agent?.attributes["gen_ai.input.messages"]);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(1_024);
    const [long, short, image] = JSON.parse(json);
    expect(long.parts[0].content).toMatch(/^long .*…\[cut: \d+ more bytes\]$/);
    expect(short.parts[0].content).toBe("short");
    expect(image.parts[0]).toEqual({
      ...{ type: "blob", modality: "image", mime_type: "image/png" },
      content: "…[cut: 40000 more bytes]",
    });
  });

  it("keeps the newest messages of a long conversation, and stays JSON", () => {
    const input = Array.from({ length: 301 }, (_, i) => {
      return { role: i % 2 === 0 ? ("user" as const) : ("assistant" as const), content: `message ${i}` };
    });
    const content = { maxBytes: 1_024 };
    const [agent] = new SpanRecorder(sampleInvocation({ input }, { attempt: 1 }), "w", 1, { content }).end(SUCCESS, 2);
    const [cut, ...kept] = parsed(agent, "gen_ai.input.messages");
    expect(cut.parts[0].content).toBe(`…[cut: ${301 - kept.length} more messages]`);
    expect(kept.at(-1).parts[0].content).toBe("message 300");
  });

  it("is in the journal as it is in the spans", () => {
    const entries: JournalEntry[] = [];
    const spans = record(RUN, SUCCESS, { content: { maxBytes: 256 }, onEntry: (entry) => entries.push(entry) });
    expect(spansFromJournal(entries, { lostAtMs: 9_000 })).toEqual(spans);
  });
});
