import { type Invocation, InvocationRecord, isTerminal, Submission, toRecord } from "@pifleet/invocation";
import { allowBaggage, carrierFrom } from "@pifleet/tracing";
import type { FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import { checkAddresses } from "../address-refusal.ts";
import type { App, Services } from "../app.ts";
import { fingerprint } from "../fingerprint.ts";
import { holdBack } from "../holding.ts";
import { logAbout, logFields } from "../log-fields.ts";
import { preferredWait } from "../prefer.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses } from "../problems.ts";
import { type Arrival, locationOf, type RunnableSubmission, type Submitted, submit } from "../submit.ts";

const POLL_AFTER_SECONDS = "1";
/** When there may be room again in a queue that is full. */
const FULL_RETRY_SECONDS = "5";

const SubmissionBody = Submission.meta({ id: "Submission" });

const SubmissionHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters")
    .optional()
    .describe("Makes it safe to send the same submission again: it answers with the invocation of the first time"),
  prefer: z.string().optional().describe("`wait=N`: hold the answer back for up to N (0 to 60) seconds"),
  traceparent: z
    .string()
    .optional()
    .describe("W3C Trace Context: the run's spans hang under this span. One that is malformed is passed over"),
  tracestate: z.string().optional().describe("W3C Trace Context; goes with the traceparent"),
  baggage: z.string().optional().describe("W3C Baggage; the members that the deployment allows travel with the run"),
});

/** Adds `POST /invocations`. */
export function submissionRoutes(app: App, services: Services): void {
  const schema = {
    operationId: "submitInvocation",
    summary: "Submit an invocation",
    description: "Answers at once with the queued invocation; its `Location` is where to follow it.",
    tags: ["invocations"],
    headers: SubmissionHeaders,
    body: SubmissionBody,
    response: {
      200: InvocationRecord.describe("It ended while the answer was held back"),
      202: InvocationRecord.describe("It is recorded and will run"),
      ...problemResponses(400, 401, 413, 415, 422, 429, 503),
    },
  };
  app.post("/invocations", { schema, config: { scope: "invocations:write" } }, async (request, reply) => {
    const created = await create(request, reply, runnable(request.body), services);
    if (created.kind === "replayed") reply.header("idempotent-replayed", "true");
    const seconds = preferredWait(request.headers.prefer);
    const invocation = await held(request, created.invocation, seconds, services);
    if (seconds !== undefined) reply.header("preference-applied", `wait=${seconds}`);
    reply.header("location", locationOf(invocation.id));
    if (seconds !== undefined && isTerminal(invocation.status)) return reply.code(200).send(toRecord(invocation));
    return reply.code(202).header("retry-after", POLL_AFTER_SECONDS).send(toRecord(invocation));
  });
}

/** Stored agents do not exist yet, so that every name of one is unknown. */
function runnable(submission: Submission): RunnableSubmission {
  const { agent, model } = submission;
  if (model !== undefined) return { ...submission, model };
  const errors = [{ pointer: "/agent", detail: "is not the name of a stored agent" }];
  throw new ProblemError(400, "agent_not_found", `There is no agent named ${agent}; name a model instead`, { errors });
}

async function create(
  request: FastifyRequest,
  reply: FastifyReply,
  submission: RunnableSubmission,
  { backend, background, addressGuard, traceBaggage }: Services,
): Promise<Exclude<Submitted, { kind: "key_conflict" | "queue_full" }>> {
  checkAddresses(submission, addressGuard);
  const key = request.headers["idempotency-key"];
  const created = await submit(
    backend,
    {
      tenant: request.identity.tenant,
      submission,
      carrier: allowBaggage(carrierFrom(request.headers), traceBaggage),
      arrival: arrivalOf(request, reply),
      ...(typeof key === "string" && { idempotency: { key, fingerprint: fingerprint(submission) } }),
    },
    background,
    request.log,
  );
  if (created.kind === "key_conflict")
    throw new ProblemError(422, "idempotency_key_reused", "This Idempotency-Key was used before with another body");
  if (created.kind === "queue_full") throw queueFull(created);
  logAbout(request, logFields(created.invocation, created.kind === "created" ? created.spanId : undefined));
  return created;
}

function queueFull({ of, max }: Extract<Submitted, { kind: "queue_full" }>): ProblemError {
  const whose = of === "tenant" ? "This tenant has" : "The fleet has";
  const headers = { "retry-after": FULL_RETRY_SECONDS };
  return new ProblemError(429, "queue_full", `${whose} ${max} queued invocations, and may not have more`, { headers });
}

/** Nothing of it is the client's choice: the path is the route's, the scheme that of our own socket. */
function arrivalOf({ method, protocol, routeOptions }: FastifyRequest, reply: FastifyReply): Arrival {
  return {
    request: { method, route: routeOptions.url ?? "/v1/invocations", scheme: protocol },
    startMs: Date.now() - reply.elapsedTime,
    elapsedMs: () => reply.elapsedTime,
  };
}

/** It is recorded, so whatever goes wrong from here on must not look as if it were not. */
async function held(
  request: FastifyRequest,
  invocation: Invocation,
  seconds: number | undefined,
  services: Services,
): Promise<Invocation> {
  if (seconds === undefined) return invocation;
  try {
    return await holdBack(services, request, invocation, seconds);
  } catch (err) {
    request.log.warn({ err }, "submitted, but could not wait for the end");
    return invocation;
  }
}
