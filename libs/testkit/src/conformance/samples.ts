import { invocationError, type Outcome, type Usage } from "@pifleet/invocation";

export const SAMPLE_USAGE: Usage = {
  inputTokens: 1_200,
  outputTokens: 34,
  cacheReadTokens: 1_000,
  cacheWriteTokens: 100,
  costUsd: 0.0125,
  turns: 2,
  toolCalls: 3,
};

export function succeeded(output = "Hello."): Outcome {
  const messages: Outcome["messages"] = [{ role: "assistant", content: [{ type: "text", text: output }] }];
  return { status: "succeeded", output, messages, usage: SAMPLE_USAGE, error: null };
}

/** An outcome that did not succeed, with what there was of the output. */
export function crashed(): Outcome {
  const error = invocationError("runner_crashed", "the runner ended with signal SIGKILL");
  return { status: "failed", output: "Hel", messages: [], usage: SAMPLE_USAGE, error };
}
