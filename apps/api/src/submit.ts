import {
  type Actor,
  type Backend,
  type Carrier,
  type Created,
  type Idempotency,
  type Invocation,
  type InvocationId,
  NO_USAGE,
  newInvocationId,
  QUEUE_NAME,
  type QueueEntry,
  resolveLimits,
  type Span,
  type Submission,
  traceExportOf,
} from "@pifleet/invocation";
import { type SubmissionRequest, type SubmissionSpans, submissionSpans } from "@pifleet/tracing";
import type { Background } from "./background.ts";
import { logFields } from "./log-fields.ts";

/** A submission that names a model. */
export type RunnableSubmission = Submission & { readonly model: string };

/** The HTTP request that brings a submission. */
export interface Arrival {
  readonly request: SubmissionRequest;
  /** When it arrived, Unix milliseconds. */
  readonly startMs: number;
  /** How long ago that is, milliseconds. */
  elapsedMs(): number;
}

export interface SubmitRequest {
  readonly tenant: string;
  readonly submittedBy: Actor;
  readonly submission: RunnableSubmission;
  /** The caller's trace context, with as much of its baggage as may go on from here. */
  readonly carrier: Carrier;
  readonly arrival: Arrival;
  readonly idempotency?: Idempotency;
  /** The ended invocation that was submitted with the same words. */
  readonly retryOf?: InvocationId | null;
}

/** An invocation that is not recorded yet, and the spans of its submission. */
interface QueuedInvocation {
  readonly invocation: Invocation;
  readonly spans: [server: Span, producer: Span];
}

/** What came of a submission; with a new invocation the span of the request that brought it. */
export type Submitted =
  | (Extract<Created, { kind: "created" }> & { readonly spanId: string })
  | Exclude<Created, { kind: "created" }>;

/**
 * Records an invocation, which then waits for its turn; whose turn it is now is put into the queue. Once it is
 * recorded it will run: an entry that could not be queued is queued later by the janitor. So no client has to wait for
 * the queue.
 * @throws {UnavailableError} when it could not be recorded.
 */
export async function submit(backend: Backend, request: SubmitRequest, background: Background): Promise<Submitted> {
  const { invocation, spans } = queuedInvocation(request);
  const { idempotency } = request;
  const created = await backend.store.create(invocation, { spans, ...(idempotency && { idempotency }) });
  if (created.kind !== "created") return created;
  const [{ spanId }] = spans;
  const enqueued = enqueue(backend, created.admitted);
  background.run(enqueued, "recorded, but could not enqueue; the janitor will", logFields(invocation, spanId));
  return { ...created, spanId };
}

async function enqueue({ queue, store }: Backend, entries: readonly QueueEntry[]): Promise<void> {
  await queue.enqueue(...entries);
  await store.markEnqueued(...entries.map(({ id }) => id));
}

/** The invocation as it is before its first attempt. Its trace is the caller's, or begins here. */
export function queuedInvocation(request: SubmitRequest): QueuedInvocation {
  const { tenant, submission } = request;
  const now = Date.now();
  const id = newInvocationId(now);
  const { traceId, carrier, spans } = spansOf(request, id);
  const invocation: Invocation = {
    id,
    status: "queued",
    agent: null,
    model: submission.model,
    metadata: submission.metadata,
    limits: resolveLimits(submission.limits),
    attempt: 0,
    attempts: [],
    createdAt: new Date(now).toISOString(),
    startedAt: null,
    endedAt: null,
    output: null,
    messages: [],
    messageCount: 0,
    error: null,
    usage: NO_USAGE,
    stopReason: null,
    artifacts: [],
    trace: { traceId, export: traceExportOf({}, 0) },
    retryOf: request.retryOf ?? null,
    submittedBy: request.submittedBy,
    cancellation: null,
    tenant,
    submission,
    carrier,
    callerSpanId: spans[0].parentSpanId,
    exports: {},
    cancelRequestedAt: null,
  };
  return { invocation, spans };
}

/** They are recorded together with the invocation, so that is the last moment of which they can tell. */
function spansOf({ tenant, carrier, arrival }: SubmitRequest, id: InvocationId): SubmissionSpans {
  const { request, startMs } = arrival;
  const nowMs = startMs + arrival.elapsedMs();
  const invocation = { id, tenant };
  return submissionSpans({ carrier, invocation, request, queue: QUEUE_NAME, startMs, sendMs: nowMs, endMs: nowMs });
}

/** Where the record is found. */
export function locationOf(id: InvocationId): string {
  return `/v1/invocations/${id}`;
}
