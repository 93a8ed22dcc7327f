import * as z from "zod";
import { InvocationError } from "./error-code.ts";
import { fieldOrder } from "./field-order.ts";
import { Attempt, type Invocation, InvocationFields, Time } from "./invocation.ts";
import { BriefSubmission, briefSubmission, shownSubmission } from "./shown-submission.ts";
import { Usage } from "./usage.ts";
import type { WaitingFor } from "./waiting-for.ts";

/** All that lists show of an invocation, whatever its status. `InvocationSummary` says what each status has of it. */
export const SummaryFields = InvocationFields.omit({
  instructions: true,
  waitingFor: true,
  output: true,
  messages: true,
  stopReason: true,
  artifacts: true,
}).extend(BriefSubmission.shape);
export type SummaryFields = z.infer<typeof SummaryFields>;

const startedAt = Time.describe("When the first attempt started");
const output = z.string().describe("The final assistant text; at most 1 MiB, a longer one is cut and says so");

// The fields of each status beyond those that all have. An invocation that was cancelled or failed before its first attempt
// never started; the other ends are possible only for one that ran.
const queued = { status: z.literal("queued"), endedAt: z.null(), error: z.null() };
const running = { ...queued, status: z.literal("running"), startedAt };
const paused = { ...running, status: z.literal("paused") };
const succeeded = { status: z.literal("succeeded"), startedAt, endedAt: Time, error: z.null() };
const failed = { status: z.literal("failed"), endedAt: Time, error: InvocationError };
const cancelled = { ...failed, status: z.literal("cancelled") };
const timedOut = { ...failed, status: z.literal("timed_out"), startedAt };
const needsAttention = { ...failed, status: z.literal("needs_attention"), startedAt };

// The same for what only the whole record has.
const started = { waitingFor: z.null() };
const unanswered = { output: z.null(), stopReason: z.null() };

/** An invocation as clients see it. `status` tells which fields it has: narrow on it. */
export const InvocationRecord = z
  .discriminatedUnion("status", [
    InvocationFields.extend({ ...queued, ...unanswered }).meta({ id: "QueuedInvocation" }),
    InvocationFields.extend({ ...running, ...started, ...unanswered }).meta({ id: "RunningInvocation" }),
    InvocationFields.extend({ ...paused, ...started, ...unanswered }).meta({ id: "PausedInvocation" }),
    InvocationFields.extend({ ...succeeded, ...started, output }).meta({ id: "SucceededInvocation" }),
    InvocationFields.extend({ ...failed, ...started }).meta({ id: "FailedInvocation" }),
    InvocationFields.extend({ ...cancelled, ...started }).meta({ id: "CancelledInvocation" }),
    InvocationFields.extend({ ...timedOut, ...started }).meta({ id: "TimedOutInvocation" }),
    InvocationFields.extend({ ...needsAttention, ...started }).meta({ id: "NeedsAttentionInvocation" }),
  ])
  .meta({ id: "Invocation", description: "An invocation; `status` tells which fields it has. New statuses may come" });
export type InvocationRecord = z.infer<typeof InvocationRecord>;

/** An invocation as lists show it: the record without the fields that may be large. `status` tells which it has. */
export const InvocationSummary = z
  .discriminatedUnion("status", [
    SummaryFields.extend(queued).meta({ id: "QueuedInvocationSummary" }),
    SummaryFields.extend(running).meta({ id: "RunningInvocationSummary" }),
    SummaryFields.extend(paused).meta({ id: "PausedInvocationSummary" }),
    SummaryFields.extend(succeeded).meta({ id: "SucceededInvocationSummary" }),
    SummaryFields.extend(failed).meta({ id: "FailedInvocationSummary" }),
    SummaryFields.extend(cancelled).meta({ id: "CancelledInvocationSummary" }),
    SummaryFields.extend(timedOut).meta({ id: "TimedOutInvocationSummary" }),
    SummaryFields.extend(needsAttention).meta({ id: "NeedsAttentionInvocationSummary" }),
  ])
  .meta({
    id: "InvocationSummary",
    description:
      "An invocation with the beginning of its input, and without instructions, output, messages and artifacts, which " +
      "may be large; get it by its id for those. `status` tells which fields it has. New statuses may come",
  });
export type InvocationSummary = z.infer<typeof InvocationSummary>;

const orderRecord = fieldOrder(InvocationFields);
const orderSummary = fieldOrder(SummaryFields);
const orderAttempt = fieldOrder(Attempt);
const orderUsage = fieldOrder(Usage);

/**
 * The part of an invocation that clients may see, its fields in the order of the schema wherever it comes from. The store
 * gives each status the fields that its schema has; checking it again would cost more than all the rest of an answer.
 */
export function toRecord(invocation: Invocation, waitingFor: WaitingFor | null = null): InvocationRecord {
  const attempts = invocation.attempts.map(orderAttempt);
  const shown = shownSubmission(invocation.submission);
  const fields = { ...invocation, ...shown, waitingFor, attempts, usage: orderUsage(invocation.usage) };
  return orderRecord(fields) as InvocationRecord;
}

/** The part of an invocation that lists show, its fields in the order of the schema. */
export function toSummary(invocation: Invocation | SummaryFields): InvocationSummary {
  const attempts = invocation.attempts.map(orderAttempt);
  const brief = "submission" in invocation ? briefSubmission(invocation.submission) : invocation;
  const fields = { ...invocation, ...brief, attempts, usage: orderUsage(invocation.usage) };
  return orderSummary(fields) as InvocationSummary;
}
