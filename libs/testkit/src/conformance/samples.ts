import { invocationError, type Outcome, type Usage, type WorkerPresence } from "@pifleet/invocation";

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

export function sampleWorker(id: string): WorkerPresence {
  const at = new Date().toISOString();
  return {
    id,
    host: "host-1",
    pid: 4_242,
    version: "0.1.0",
    startedAt: at,
    concurrency: 4,
    running: [],
    rssBytes: 100_000_000,
    load: 0.5,
    heartbeatAt: at,
    containment: "process-group",
  };
}
