import type { InvocationRecord } from "@pifleet/client";
import { InvocationId, NO_USAGE, resolveLimits } from "@pifleet/invocation";

/** A record that fits its schema. */
export const sampleRecord: InvocationRecord = {
  id: InvocationId.parse("inv_01JZZZZZZZZZZZZZZZZZZZZZZZ"),
  status: "succeeded",
  agent: null,
  model: "demo/scripted",
  metadata: {},
  limits: resolveLimits(),
  name: "Say hello",
  input: "Say hello",
  instructions: null,
  tools: ["read", "bash"],
  recovery: "rerun",
  priority: 0,
  delayMs: 0,
  webhook: null,
  waitingFor: null,
  attempt: 1,
  attempts: [],
  createdAt: "2030-01-02T03:04:05.000Z",
  startedAt: "2030-01-02T03:04:06.000Z",
  endedAt: "2030-01-02T03:04:09.200Z",
  output: "The answer",
  messages: [],
  messageCount: 0,
  error: null,
  usage: NO_USAGE,
  stopReason: null,
  artifacts: [],
  trace: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", export: { status: "ok" } },
};
