import * as z from "zod";
import { Artifact } from "./artifact.ts";
import { ErrorCode, InvocationError } from "./error-code.ts";
import { InvocationId } from "./id.ts";
import { Limits } from "./limits.ts";
import { Message } from "./message.ts";
import { ShownSubmission } from "./shown-submission.ts";
import { Status } from "./status.ts";
import { StopReason } from "./stop-reason.ts";
import type { Submission } from "./submission.ts";
import type { Carrier } from "./trace.ts";
import { type AttemptExport, TraceExport } from "./trace-export.ts";
import { Usage } from "./usage.ts";
import { WaitingFor } from "./waiting-for.ts";

export const Time = z.iso.datetime({ precision: 3 }).describe("RFC 3339, UTC, milliseconds");

/** One line of the story that `attempts` tells. */
export const Attempt = z.object({
  number: z.int().min(1).describe("The fence: what an older attempt writes is refused"),
  worker: z.string().describe("The id of the worker that ran it"),
  startedAt: Time,
  endedAt: Time.nullable(),
  ended: z.union([z.literal("succeeded"), z.literal("handed_back"), ErrorCode]).nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** The API key with which something was asked for. */
export const Actor = z
  .object({
    key: z.string().describe("The id of the API key; `bootstrap` for the bootstrap key, and where no key is needed"),
    name: z.string().nullable().describe("The name that the key had been given"),
  })
  .meta({ id: "Actor" });
export type Actor = z.infer<typeof Actor>;

/** A request to cancel an invocation. */
export const Cancellation = z.object({
  at: Time,
  by: Actor.nullable(),
  reason: z.string().nullable(),
});
export type Cancellation = z.infer<typeof Cancellation>;

/** All that clients see of an invocation, whatever its status. `InvocationRecord` says what each status has of it. */
export const InvocationFields = z.object({
  id: InvocationId,
  status: Status,
  agent: z.string().nullable(),
  model: z.string(),
  metadata: z.record(z.string(), z.string()),
  limits: Limits,
  ...ShownSubmission.shape,
  waitingFor: WaitingFor.nullable().describe(
    "Why a queued invocation does not run, found out when its record is read; null while it runs, when it has ended, and " +
      "in the answer to its submission",
  ),
  attempt: z.int().min(0).describe("The number of the newest attempt; 0 before the first"),
  attempts: z.array(Attempt),
  createdAt: Time,
  startedAt: Time.nullable().describe("When the first attempt started"),
  endedAt: Time.nullable(),
  output: z.string().nullable().describe("The final assistant text; at most 1 MiB, a longer one is cut and says so"),
  messages: z.array(Message).describe("Empty until the end. At most 4 MiB: of longer ones the newest"),
  messageCount: z
    .int()
    .min(0)
    .describe("Messages in the conversation, current while an attempt runs; at the end those in `messages`"),
  error: InvocationError.nullable(),
  stopReason: StopReason.nullable(),
  usage: Usage.describe(
    "Over all attempts, lost ones included, and current while one runs: the sum over the `message.completed` events",
  ),
  artifacts: z.array(Artifact),
  trace: z.object({ traceId: z.string(), export: TraceExport }),
  retryOf: InvocationId.nullable().describe("The ended invocation of which this one is a retry"),
  submittedBy: Actor.nullable().describe("Who submitted it; null where an older version did not record it"),
  cancellation: Cancellation.nullable().describe("Who asked for its cancellation; the first one who did"),
});
export type InvocationFields = z.infer<typeof InvocationFields>;

/** An invocation as the store keeps it: the record and what only we need. */
export interface Invocation extends Omit<InvocationFields, keyof ShownSubmission | "waitingFor"> {
  /** The owner; from the API key. */
  readonly tenant: string;
  readonly submission: Submission;
  /** The trace context that the invocation travels with: its attempts hang under the span that it names. */
  readonly carrier: Carrier;
  /** The span of the caller from which the submission came. */
  readonly callerSpanId: string | null;
  /** Export results of each attempt's spans, by its number; `trace.export` is made of it (`traceExportOf`). */
  readonly exports: Readonly<Record<number, AttemptExport>>;
  /** When cancel was asked for while an attempt ran; the worker honours it at the latest with its next heartbeat. */
  readonly cancelRequestedAt: string | null;
}
