import { type Invocation, NO_USAGE, newInvocationId, resolveLimits, Submission } from "@pifleet/invocation";
import type * as z from "zod";

/** A queued invocation of tenant `default`, with what the test wants to be different. */
export function sampleInvocation(
  submitted: Partial<z.input<typeof Submission>> = {},
  rest: Partial<Invocation> = {},
): Invocation {
  const submission = Submission.parse({ model: "demo/scripted", input: "hello", ...submitted });
  return {
    id: newInvocationId(),
    tenant: "default",
    submission,
    carrier: {},
    callerSpanId: null,
    exports: {},
    cancelRequestedAt: null,
    status: "queued",
    agent: null,
    model: submission.model ?? "demo/scripted",
    metadata: submission.metadata,
    limits: resolveLimits(submission.limits),
    attempt: 0,
    attempts: [],
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    output: null,
    messages: [],
    messageCount: 0,
    retryOf: null,
    submittedBy: { key: "bootstrap", name: null },
    cancellation: null,
    error: null,
    usage: NO_USAGE,
    stopReason: null,
    artifacts: [],
    trace: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", export: { status: "pending" } },
    ...rest,
  };
}
