import type { Outcome, RunnerRecord, Usage } from "@pifleet/invocation";

export const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
export const CALLER = "00f067aa0ba902b7";
export const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;

export const REQUEST_USAGE = {
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 4,
  cacheWriteTokens: 0,
  costUsd: 0.01,
};
const USAGE: Usage = { ...REQUEST_USAGE, turns: 1, toolCalls: 2 };

export const SUCCESS: Outcome = { status: "succeeded", output: "done", error: null, messages: [], usage: USAGE };

/** One turn with a model request and two tools at the same time. */
export const RUN: RunnerRecord[] = [
  { type: "turn.started", at: 1_010, turn: 1 },
  { type: "request.started", at: 1_020, provider: "openai", model: "gpt-test" },
  { type: "request.first_byte", at: 1_120 },
  { type: "request.ended", at: 1_220, stopReason: "toolUse", usage: REQUEST_USAGE },
  { type: "message.completed", at: 1_221, text: "I look.", usage: REQUEST_USAGE },
  { type: "tool.started", at: 1_230, callId: "a", name: "bash", arguments: { command: "ls" } },
  { type: "tool.started", at: 1_231, callId: "b", name: "read", arguments: { path: "x" } },
  { type: "tool.ended", at: 1_240, callId: "b", name: "read", isError: true, text: "no such file" },
  { type: "tool.ended", at: 1_250, callId: "a", name: "bash", isError: false, text: "a.ts", exitCode: 0 },
  { type: "turn.ended", at: 1_260, turn: 1 },
];
