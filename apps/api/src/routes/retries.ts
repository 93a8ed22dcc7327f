import { InvocationRecord, isTerminal, toRecord } from "@pifleet/invocation";
import type { App, Services } from "../app.ts";
import { logAbout, logFields } from "../log-fields.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses } from "../problems.ts";
import { locationOf } from "../submit.ts";
import { findInvocation, InvocationPath } from "./invocation-path.ts";
import { submitFor, submitterOf } from "./submit-request.ts";
import { idempotencyKeyOf, SubmittingHeaders } from "./submitting-headers.ts";

/** Adds `POST /invocations/{id}/retry`. */
export function retryRoutes(app: App, services: Services): void {
  const schema = {
    operationId: "retryInvocation",
    summary: "Submit an ended invocation again",
    description:
      "A new invocation of the same submission, whose `retryOf` names this one. It begins from the start, with a budget of " +
      "its own. Headers of the submission's own trace endpoint were dropped when the invocation ended; its retry goes " +
      "without that endpoint.",
    tags: ["invocations"],
    params: InvocationPath,
    headers: SubmittingHeaders,
    response: {
      202: InvocationRecord.describe("The new invocation"),
      ...problemResponses(400, 401, 403, 404, 409, 422, 429, 503),
    },
  };
  app.post("/invocations/:id/retry", { schema, config: { scope: "invocations:write" } }, async (request, reply) => {
    const { id, status, submission } = await findInvocation(services.backend, request);
    if (!isTerminal(status))
      throw new ProblemError(409, "not_ended", `The invocation is ${status}; only one that has ended can be retried`);
    const { trace, ...rest } = submission;
    const again = trace?.endpoint === undefined ? submission : rest;
    const key = idempotencyKeyOf(request);
    const created = await submitFor(submitterOf(request, reply, services), again, key, id);
    logAbout(request, logFields(created.invocation, created.kind === "created" ? created.spanId : undefined));
    if (created.kind === "replayed") reply.header("idempotent-replayed", "true");
    reply.header("location", locationOf(created.invocation.id));
    return reply.code(202).send(toRecord(created.invocation));
  });
}
