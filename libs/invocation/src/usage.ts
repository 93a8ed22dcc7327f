import * as z from "zod";

const count = z.int().nonnegative();

/** What the model requests and tools of an invocation took, over all its attempts. */
export const Usage = z.object({
  inputTokens: count.describe("All input tokens, cached ones included"),
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  costUsd: z.number().nonnegative().describe("US dollars, from the model's list prices"),
  turns: count,
  toolCalls: count,
});
export type Usage = z.infer<typeof Usage>;

/** What model requests alone took. */
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

/** The sum of two usages, field by field. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    costUsd: a.costUsd + b.costUsd,
    turns: a.turns + b.turns,
    toolCalls: a.toolCalls + b.toolCalls,
  };
}
