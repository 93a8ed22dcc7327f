import { NO_USAGE } from "@pifleet/invocation";
import { expect, test } from "vitest";
import {
  elapsedMs,
  formatCost,
  formatDuration,
  formatSeconds,
  formatTime,
  formatUsage,
  formatUsageSoFar,
} from "./figures.ts";

test.each([
  [0, "0.0 ms"],
  [1.24, "1.2 ms"],
  [9.96, "10 ms"],
  [999, "999 ms"],
  [999.6, "1.0 s"],
  [3_249, "3.2 s"],
  [59_960, "1 min 00 s"],
  [125_000, "2 min 05 s"],
  [3_599_600, "1 h 00 min"],
  [3_720_000, "1 h 02 min"],
])("%d ms is written %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [-5_000, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min 00 s"],
  [3_720_000, "1 h 02 min"],
])("a clock shows %d ms as %s", (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});

test.each([
  [0, "$0"],
  [0.00001, "<$0.0001"],
  [0.01234, "$0.0123"],
  [12.345, "$12.35"],
])("%d dollars are written %s", (usd, text) => {
  expect(formatCost(usd)).toBe(text);
});

test("usage is one line, in the singular where there is one", () => {
  const usage = { ...NO_USAGE, turns: 1, toolCalls: 2, inputTokens: 12_345, outputTokens: 67, costUsd: 0.5 };
  expect(formatUsage(usage)).toBe("1 turn · 2 tool calls · 12,345 tokens in, 67 out · $0.5000");
});

test("usage that goes on is as short as it can be, and tells no cost before there is any", () => {
  const usage = { ...NO_USAGE, turns: 2, toolCalls: 1 };
  expect(formatUsageSoFar(usage)).toBe("2 turns · 1 tool call");
  expect(formatUsageSoFar({ ...usage, inputTokens: 123_456, outputTokens: 67, costUsd: 0.5 })).toBe(
    "$0.5000 · 123.5K tokens in, 67 out · 2 turns · 1 tool call",
  );
});

test("a time is shown without its fraction", () => {
  expect(formatTime("2030-01-02T03:04:05.678Z")).toBe("2030-01-02 03:04:05Z");
});

test("the time between two moments is known when both are", () => {
  expect(elapsedMs("2030-01-02T03:04:05.000Z", "2030-01-02T03:04:06.500Z")).toBe(1_500);
  expect(elapsedMs("2030-01-02T03:04:05.000Z", null)).toBeUndefined();
});
