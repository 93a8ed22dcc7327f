import * as z from "zod";

/** Sums stay at these, so that what a run reports never adds up to a number that nothing can hold. */
const MAX_COUNT = 1_000_000_000_000_000;
const MAX_COST_USD = 1_000_000_000;

const count = z.int().nonnegative().max(MAX_COUNT);

/** Usage of model requests and tools over all attempts of an invocation. */
export const Usage = z.object({
  inputTokens: count.describe("All input tokens, cached ones included"),
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  costUsd: z.number().nonnegative().max(MAX_COST_USD).describe("US dollars, from the model's list prices"),
  turns: count,
  toolCalls: count,
});
export type Usage = z.infer<typeof Usage>;

/** Usage of model requests alone. */
export const RequestUsage = Usage.omit({ turns: true, toolCalls: true });
export type RequestUsage = z.infer<typeof RequestUsage>;

export const NO_USAGE: Usage = Object.freeze({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
  turns: 0,
  toolCalls: 0,
});

/** What an attempt that has not ended has done so far, as its event log tells it. */
export interface AttemptProgress {
  /** The sum over its `message.completed` events, its turns and its tool calls. */
  readonly usage: Usage;
  /** Messages of its conversation, those that were submitted included. */
  readonly messages: number;
}

/** The sum of two usages, field by field, up to what a usage can hold. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum = (name: keyof Usage) => Math.min(a[name] + b[name], name === "costUsd" ? MAX_COST_USD : MAX_COUNT);
  return {
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    cacheReadTokens: sum("cacheReadTokens"),
    cacheWriteTokens: sum("cacheWriteTokens"),
    costUsd: sum("costUsd"),
    turns: sum("turns"),
    toolCalls: sum("toolCalls"),
  };
}

/** A usage as somebody else reports it, made to fit: whole counts from zero, within the bounds. */
export function fittedUsage(reported: RequestUsage): RequestUsage {
  const fit = (value: number, most: number) => (value > 0 ? Math.min(value, most) : 0);
  return {
    inputTokens: fit(Math.round(reported.inputTokens), MAX_COUNT),
    outputTokens: fit(Math.round(reported.outputTokens), MAX_COUNT),
    cacheReadTokens: fit(Math.round(reported.cacheReadTokens), MAX_COUNT),
    cacheWriteTokens: fit(Math.round(reported.cacheWriteTokens), MAX_COUNT),
    costUsd: fit(reported.costUsd, MAX_COST_USD),
  };
}
