import type { Carrier, InvocationId, Submission } from "@pifleet/invocation";
import { allowBaggage, carrierFrom } from "@pifleet/tracing";
import type { FastifyReply, FastifyRequest } from "fastify";
import { checkAddresses } from "../address-refusal.ts";
import type { Services } from "../app.ts";
import { withinAttempts } from "../attempt-ceiling.ts";
import { actorOf } from "../authentication.ts";
import { fingerprint } from "../fingerprint.ts";
import type { ModelDirectory } from "../model-directory.ts";
import { ProblemError } from "../problem-error.ts";
import { type Arrival, type RunnableSubmission, type Submitted, submit } from "../submit.ts";

/** When there may be room again in a queue that is full. */
const FULL_RETRY_SECONDS = "5";
/** The same of storage, which empties as retention runs out. */
const STORAGE_RETRY_SECONDS = "60";

/** A submission that was taken, now or before. */
export type Taken = Exclude<Submitted, { kind: "key_conflict" | "queue_full" | "storage_full" }>;

/** A request that submits one or many invocations. */
export interface Submitter {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly services: Services;
  /** The caller's trace context: one for all that the request submits. */
  readonly carrier: Carrier;
}

/** Reads the headers once, however many invocations the request submits. */
export function submitterOf(request: FastifyRequest, reply: FastifyReply, services: Services): Submitter {
  const carrier = allowBaggage(carrierFrom(request.headers), services.traceBaggage);
  return { request, reply, services, carrier };
}

/**
 * Submits on behalf of a request; `key` is the idempotency key, if there is one.
 * @param retryOf the invocation whose submission it is
 * @throws {ProblemError} when it is refused
 * @throws {UnavailableError} when it could not be recorded
 */
export async function submitFor(
  { request, reply, services, carrier }: Submitter,
  submission: Submission,
  key: string | undefined,
  retryOf: InvocationId | null = null,
): Promise<Taken> {
  const { backend, background, addressGuard, maxAttempts, models } = services;
  checkAddresses(submission, addressGuard);
  await checkModel(submission, models);
  const created = await submit(
    backend,
    {
      tenant: request.identity.tenant,
      submittedBy: actorOf(request.identity),
      submission: runnable(withinAttempts(submission, maxAttempts)),
      carrier,
      arrival: arrivalOf(request, reply),
      ...(key !== undefined && { idempotency: { key, fingerprint: fingerprint(retryOf ?? submission) } }),
      retryOf,
    },
    background,
  );
  if (created.kind === "key_conflict")
    throw new ProblemError(422, "idempotency_key_reused", "This Idempotency-Key was used before with another body");
  if (created.kind === "queue_full") throw queueFull(created);
  if (created.kind === "storage_full") throw storageFull(created);
  return created;
}

/** Refuses a model that no worker knows; what cannot be told, because no worker is there, is left to the run. */
async function checkModel({ model }: Submission, models: ModelDirectory): Promise<void> {
  const refusal = model === undefined ? undefined : await models.refusal(model);
  if (refusal === undefined) return;
  const errors = [{ pointer: "/model", detail: refusal }];
  throw new ProblemError(400, "model_not_found", `/model: ${refusal}`, { errors });
}

/** Stored agents do not exist yet, so that every name of one is unknown. */
function runnable(submission: Submission): RunnableSubmission {
  const { agent, model } = submission;
  if (model !== undefined) return { ...submission, model };
  const errors = [{ pointer: "/agent", detail: "is not the name of a stored agent" }];
  throw new ProblemError(400, "agent_not_found", `There is no agent named ${agent}; name a model instead`, { errors });
}

function queueFull({ of, max }: Extract<Submitted, { kind: "queue_full" }>): ProblemError {
  const whose = of === "tenant" ? "This tenant has" : "The fleet has";
  const headers = { "retry-after": FULL_RETRY_SECONDS };
  return new ProblemError(429, "queue_full", `${whose} ${max} queued invocations, and may not have more`, { headers });
}

function storageFull({ maxBytes }: Extract<Submitted, { kind: "storage_full" }>): ProblemError {
  const detail =
    maxBytes === null
      ? "The database is nearly full. What runs can end, and space comes back as retention runs out; ask your operator"
      : `This tenant's invocations hold ${Math.floor(maxBytes / 1_048_576)} MiB, and may not hold more. Space comes back as ` +
        "retention runs out; submit less at once, or ask your operator for more (PIFLEET_TENANT_STORAGE_MB)";
  return new ProblemError(429, "storage_full", detail, { headers: { "retry-after": STORAGE_RETRY_SECONDS } });
}

/** Nothing of it is the client's choice: the path is the route's, the scheme that of our own socket. */
function arrivalOf({ method, protocol, routeOptions }: FastifyRequest, reply: FastifyReply): Arrival {
  return {
    request: { method, route: routeOptions.url ?? "/v1/invocations", scheme: protocol },
    startMs: Date.now() - reply.elapsedTime,
    elapsedMs: () => reply.elapsedTime,
  };
}
