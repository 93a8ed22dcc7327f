import { expect, test } from "vitest";
import { UsageMeter } from "./usage.ts";

const usage = { inputTokens: 100, outputTokens: 10, cacheReadTokens: 50, cacheWriteTokens: 5, costUsd: 0.25 };
const none = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 };

test("what a request took is told once, together with what those before it took that brought no message", () => {
  const meter = new UsageMeter();
  meter.addTurn();
  meter.addToolCall();
  meter.addRequest({ ...none, inputTokens: 7 });
  meter.addRequest(usage);
  expect(meter.takeUntold()).toEqual({ ...usage, inputTokens: 107 });
  expect(meter.takeUntold()).toEqual(none);
  meter.addRequest(usage);
  expect(meter.takeUntold()).toEqual(usage);
  expect(meter.total).toEqual({
    ...usage,
    inputTokens: 207,
    outputTokens: 20,
    cacheReadTokens: 100,
    cacheWriteTokens: 10,
    costUsd: 0.5,
    turns: 1,
    toolCalls: 1,
  });
});
