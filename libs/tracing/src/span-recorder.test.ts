import { invocationError, type Outcome, type RunnerRecord, type Span } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { SpanRecorder } from "./span-recorder.ts";

const PARENT = "00f067aa0ba902b7";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const USAGE = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: 0, costUsd: 0.01 };

const invocation = sampleInvocation(
  { model: "openai/gpt-test" },
  { attempt: 1, carrier: { traceparent: `00-${TRACE}-${PARENT}-01` } },
);

const RUN: RunnerRecord[] = [
  { type: "turn.started", at: 1_010, turn: 1 },
  { type: "request.started", at: 1_020, provider: "openai", model: "gpt-test" },
  { type: "request.first_byte", at: 1_120 },
  { type: "request.ended", at: 1_220, stopReason: "tool_use", usage: USAGE },
  { type: "tool.started", at: 1_230, callId: "a", name: "bash", arguments: {} },
  { type: "tool.started", at: 1_231, callId: "b", name: "read", arguments: {} },
  { type: "tool.ended", at: 1_240, callId: "b", name: "read", isError: true, text: "" },
  { type: "tool.ended", at: 1_250, callId: "a", name: "bash", isError: false, text: "", exitCode: 0 },
  { type: "turn.ended", at: 1_260, turn: 1 },
];

const SUCCESS: Outcome = {
  status: "succeeded",
  output: "done",
  error: null,
  messages: [],
  usage: { ...USAGE, turns: 1, toolCalls: 2 },
};

function record(records: RunnerRecord[], outcome: Outcome): Span[] {
  const recorder = new SpanRecorder(invocation, "wrk_1", 1_000);
  for (const item of records) recorder.observe(item);
  return recorder.end(outcome, 1_300);
}

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
    const spans = record(RUN.slice(0, 5), { ...SUCCESS, status: "timed_out", error });
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
});
