import { expect, it } from "vitest";
import { RunnerRecord } from "./runner-record.ts";
import { addUsage, fittedUsage, NO_USAGE, Usage } from "./usage.ts";

const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 };
const ended = { type: "request.ended", at: 1, stopReason: "stop", usage };

it.each([
  ["a time that no date can hold", { type: "ready", at: 1e300 }],
  ["a time before all others", { type: "ready", at: -1 }],
  ["a turn without bound", { type: "turn.started", at: 1, turn: 1e9 }],
  ["costs that add up to infinity", { ...ended, usage: { ...usage, costUsd: 1e308 } }],
  ["a count that is not exact any more", { ...ended, usage: { ...usage, inputTokens: Number.MAX_SAFE_INTEGER } }],
  ["a delay without bound", { type: "retry.scheduled", at: 1, delayMs: 1e300, reason: "" }],
  ["a name without bound", { type: "tool.output", at: 1, callId: "1", name: "x".repeat(5_000), text: "" }],
  ["a text without bound", { type: "log", at: 1, level: "info", message: "x".repeat(5_000_000) }],
])("a record with %s is none", (_title, record) => {
  expect(RunnerRecord.safeParse(record).success).toBe(false);
});

it("usages add up to a usage, however large they are", () => {
  const most = { ...NO_USAGE, inputTokens: 1e15, costUsd: 1e9, turns: 1 };
  expect(Usage.parse(addUsage(most, most))).toEqual({ ...most, turns: 2 });
});

it("a usage is made to fit, whatever a provider reports", () => {
  const reported = {
    inputTokens: 1.5,
    outputTokens: -1,
    cacheReadTokens: 1e300,
    cacheWriteTokens: Number.NaN,
    costUsd: 1e308,
  };
  expect(fittedUsage(reported)).toEqual({ ...usage, inputTokens: 2, cacheReadTokens: 1e15, costUsd: 1e9 });
});
