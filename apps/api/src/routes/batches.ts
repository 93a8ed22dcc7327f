import { BATCH_LIMITS, InvocationRecord, Problem, Submission, toRecord } from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { BODY_LIMIT_BYTES } from "../oversize.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses, toProblemError } from "../problems.ts";
import { invalidRequest } from "../validation.ts";
import { type Submitter, submitFor, submitterOf } from "./submit-request.ts";
import { idempotencyKeyOf, SubmittingHeaders } from "./submitting-headers.ts";

/** Submissions per round trip to Redis. */
const AT_ONCE = 100;

const Batch = z
  .strictObject({
    invocations: z
      .array(z.unknown())
      .min(1)
      .describe(`Submissions, as of POST /v1/invocations; at most ${BATCH_LIMITS.invocations}`),
  })
  .meta({ id: "Batch" });

const BatchAnswer = z
  .object({ items: z.array(z.union([InvocationRecord, Problem])).describe("One for each submission, in order") })
  .meta({ id: "BatchAnswer" });

/** Adds `POST /invocations/batch`. */
export function batchRoutes(app: App, services: Services): void {
  const schema = {
    operationId: "submitBatch",
    summary: "Submit many invocations",
    description:
      `Up to ${BATCH_LIMITS.invocations} submissions in a body of up to ${BATCH_LIMITS.bytes / 1_048_576} MiB. Each is taken or ` +
      "refused by itself, and has its record or its problem in the answer. An `Idempotency-Key` is one for the whole.",
    tags: ["invocations"],
    headers: SubmittingHeaders,
    body: Batch,
    response: {
      200: BatchAnswer,
      ...problemResponses(400, 401, 403, 413, 415, 429, 503),
    },
  };
  const options = { schema, config: { scope: "invocations:write" }, bodyLimit: BATCH_LIMITS.bytes } as const;
  app.post("/invocations/batch", options, async (request, reply) => {
    const { invocations } = request.body;
    if (invocations.length > BATCH_LIMITS.invocations)
      throw new ProblemError(413, "batch_too_large", `A batch has ${BATCH_LIMITS.invocations} invocations at most`);
    const items: (InvocationRecord | Problem)[] = [];
    const submitter = submitterOf(request, reply, services);
    for (let first = 0; first < invocations.length; first += AT_ONCE) {
      const some = invocations.slice(first, first + AT_ONCE);
      items.push(...(await Promise.all(some.map((one, i) => take(submitter, one, first + i)))));
    }
    return { items };
  });
}

/** The record or the problem of the submission at `index`. */
async function take(submitter: Submitter, given: unknown, index: number): Promise<InvocationRecord | Problem> {
  const { request } = submitter;
  try {
    refuseOversize(request, given);
    const { data: submission, error } = Submission.safeParse(given);
    if (error) throw invalidRequest(error);
    // No key that a client can send has a line break.
    const key = idempotencyKeyOf(request);
    const own = key === undefined ? undefined : `${key}\n${index}`;
    return toRecord((await submitFor(submitter, submission, own)).invocation);
  } catch (error) {
    const answer = toProblemError(error, request.id).problem;
    if (answer.status >= 500) request.log.error({ err: error, reference: request.id, index }, "submission failed");
    return answer;
  }
}

/** A submission may be as large in a batch as by itself. Nothing in a body that may be one by itself is larger. */
function refuseOversize({ headers }: FastifyRequest, given: unknown): void {
  if (Number(headers["content-length"]) <= BODY_LIMIT_BYTES) return;
  if (Buffer.byteLength(JSON.stringify(given)) > BODY_LIMIT_BYTES)
    throw new ProblemError(413, "body_too_large", "A submission must not be larger than 1 MiB");
}
