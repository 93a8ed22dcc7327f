import { expect, it } from "vitest";
import { newInvocationId } from "./id.ts";
import { Attempt, type Invocation, InvocationFields } from "./invocation.ts";
import { toRecord } from "./invocation-record.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { shownSubmission } from "./shown-submission.ts";
import { Submission } from "./submission.ts";
import { NO_USAGE, Usage } from "./usage.ts";

/** Every field stands in the wrong place, as a database may give them back. */
const invocation: Invocation = {
  trace: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", export: { status: "ok" } },
  tenant: "default",
  cancelRequestedAt: null,
  usage: Object.fromEntries(Object.entries(NO_USAGE).reverse()) as Usage,
  submission: Submission.parse({ model: "demo/scripted", input: "hello" }),
  carrier: {},
  callerSpanId: null,
  exports: { 1: { deployment: { status: "ok" } } },
  stopReason: null,
  artifacts: [],
  error: null,
  messages: [],
  messageCount: 0,
  retryOf: null,
  submittedBy: null,
  cancellation: null,
  output: "done",
  endedAt: "2026-01-15T09:30:04.250Z",
  startedAt: "2026-01-15T09:30:00.012Z",
  createdAt: "2026-01-15T09:30:00.000Z",
  attempts: [
    {
      ended: "succeeded",
      worker: "w_1",
      endedAt: "2026-01-15T09:30:04.250Z",
      number: 1,
      startedAt: "2026-01-15T09:30:00.012Z",
    },
  ],
  attempt: 1,
  limits: DEFAULT_LIMITS,
  metadata: {},
  model: "demo/scripted",
  agent: null,
  status: "succeeded",
  id: newInvocationId(),
};

it("a record has its fields in the order of the schema", () => {
  const record = toRecord(invocation);
  expect(Object.keys(record)).toEqual(Object.keys(InvocationFields.shape));
  expect(Object.keys(record.attempts[0] ?? {})).toEqual(Object.keys(Attempt.shape));
  expect(Object.keys(record.usage)).toEqual(Object.keys(Usage.shape));
});

it("a record holds all that clients may see, and nothing of what is ours alone", () => {
  const { tenant, submission, carrier, callerSpanId, exports, cancelRequestedAt, ...seen } = invocation;
  expect(toRecord(invocation)).toEqual({ ...seen, ...shownSubmission(submission), waitingFor: null });
});
