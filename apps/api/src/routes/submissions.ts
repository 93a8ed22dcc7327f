import { type Invocation, InvocationRecord, isTerminal, Submission, toRecord } from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { holdBack } from "../holding.ts";
import { logAbout, logFields } from "../log-fields.ts";
import { preferredWait } from "../prefer.ts";
import { problemResponses } from "../problems.ts";
import { locationOf } from "../submit.ts";
import { submitFor, submitterOf } from "./submit-request.ts";
import { idempotencyKeyOf, SubmittingHeaders } from "./submitting-headers.ts";

const POLL_AFTER_SECONDS = "1";

const SubmissionBody = Submission.meta({ id: "Submission" });

const SubmissionHeaders = SubmittingHeaders.extend({
  prefer: z.string().optional().describe("`wait=N`: hold the answer back for up to N (0 to 60) seconds"),
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
    const created = await submitFor(submitterOf(request, reply, services), request.body, idempotencyKeyOf(request));
    logAbout(request, logFields(created.invocation, created.kind === "created" ? created.spanId : undefined));
    if (created.kind === "replayed") reply.header("idempotent-replayed", "true");
    const preferred = preferredWait(request.headers.prefer);
    // Too many long-polls do not refuse a submission: it is answered at once.
    const release = preferred ? services.openRequests.tryEnter("wait", request.identity) : undefined;
    const seconds = release === null ? undefined : preferred;
    const invocation = await held(request, created.invocation, seconds, services).finally(() => release?.());
    if (seconds !== undefined) reply.header("preference-applied", `wait=${seconds}`);
    reply.header("location", locationOf(invocation.id));
    if (seconds !== undefined && isTerminal(invocation.status)) return reply.code(200).send(toRecord(invocation));
    return reply.code(202).header("retry-after", POLL_AFTER_SECONDS).send(toRecord(invocation));
  });
}

/** It is recorded, so whatever goes wrong from here on must not look as if it were not. */
async function held(
  request: FastifyRequest,
  invocation: Invocation,
  seconds: number | undefined,
  services: Services,
): Promise<Invocation> {
  if (!seconds || isTerminal(invocation.status)) return invocation;
  try {
    return (await holdBack(services, request, invocation, seconds)) ?? invocation;
  } catch (err) {
    request.log.warn({ err }, "submitted, but could not wait for the end");
    return invocation;
  }
}
