import {
  type Backend,
  type Carrier,
  type Created,
  type Idempotency,
  type Invocation,
  type InvocationId,
  NO_USAGE,
  newInvocationId,
  resolveLimits,
  type Submission,
} from "@pifleet/invocation";
import { newTraceId, traceIdOf } from "@pifleet/tracing";
import type { FastifyBaseLogger } from "fastify";
import type { Background } from "./background.ts";

/** A submission that names a model. */
export type RunnableSubmission = Submission & { readonly model: string };

export interface SubmitRequest {
  readonly tenant: string;
  readonly submission: RunnableSubmission;
  readonly carrier: Carrier;
  readonly idempotency?: Idempotency;
}

/**
 * Records an invocation and puts it into the queue. Once it is recorded it will run: an entry that could not be
 * queued is queued later by the janitor, so the client is answered as if it were.
 * @throws {UnavailableError} when it could not be recorded.
 */
export async function submit(
  { store, queue }: Backend,
  request: SubmitRequest,
  background: Background,
  log: FastifyBaseLogger,
): Promise<Created> {
  const created = await store.create(queuedInvocation(request), request.idempotency);
  if (created.kind !== "created") return created;
  const { id, carrier, submission } = created.invocation;
  try {
    await queue.enqueue({ id, carrier, priority: submission.priority, delayMs: submission.delayMs });
    background.run(store.markEnqueued(id), "enqueued, but could not mark it", { invocation: id });
  } catch (err) {
    log.warn({ err, invocation: id }, "recorded, but could not enqueue; the janitor will");
  }
  return created;
}

/** The invocation as it is before its first attempt. */
export function queuedInvocation({ tenant, submission, carrier }: SubmitRequest): Invocation {
  const now = Date.now();
  return {
    id: newInvocationId(now),
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
    error: null,
    usage: NO_USAGE,
    artifacts: [],
    trace: { traceId: traceIdOf(carrier) ?? newTraceId(), export: { status: "pending" } },
    tenant,
    submission,
    carrier,
    cancelRequestedAt: null,
  };
}

/** Where the record is found. */
export function locationOf(id: InvocationId): string {
  return `/v1/invocations/${id}`;
}
