import { STATUS_CODES } from "node:http";
import { Problem, type ProblemCode, UnavailableError } from "@pifleet/invocation";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { answerOversize } from "./oversize.ts";
import { PROBLEM_JSON, ProblemError } from "./problem-error.ts";

const RETRY_AFTER_SECONDS = "1";

/** What Fastify itself refuses, by its own codes. */
const REFUSALS: Readonly<Record<string, readonly [status: number, code: ProblemCode, detail: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, "unsupported_media_type", "Send the body as application/json"],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, "body_too_large", "The body must not be larger than 1 MiB, that of a batch 16 MiB"],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, "malformed_json", "The body is not JSON"],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, "malformed_json", "The body is empty"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, "malformed_request", "The body is not as long as Content-Length says"],
  FST_ERR_BAD_URL: [400, "invalid_path", "The path is not valid"],
};

/**
 * The answer to an error, whatever it is. What nobody foresaw is a 500 that tells the client nothing but `reference`,
 * under which it is found in the log.
 */
export function toProblemError(error: unknown, reference: string): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof UnavailableError) return unavailable();
  const { code = "", statusCode = 500 } = (error ?? {}) as Partial<FastifyError>;
  const refusal = REFUSALS[code];
  if (refusal) return new ProblemError(...refusal);
  if (statusCode >= 400 && statusCode < 500)
    return new ProblemError(statusCode, "malformed_request", STATUS_CODES[statusCode] ?? "The request is not valid");
  return new ProblemError(500, "internal", `Something went wrong here; the log has it under reference ${reference}`);
}

/** The answer while the database, or what keeps the artifacts, cannot be reached. */
function unavailable(): ProblemError {
  const headers = { "retry-after": RETRY_AFTER_SECONDS };
  return new ProblemError(503, "unavailable", "What keeps this cannot be reached; try again soon", { headers });
}

/** Fastify's error handler: answers every error with a problem, and logs those that are ours. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = toProblemError(error, request.id);
  const { status } = answer.problem;
  if (error instanceof UnavailableError)
    request.log.warn({ reason: reasonOf(error) }, "what the request needs is away");
  // Foreseen, and asked for every few seconds by what watches over the process.
  else if (error instanceof ProblemError && status === 503)
    request.log.warn({ reason: error.problem.detail }, "this process is not ready");
  else if (status >= 500) request.log.error({ err: error, reference: request.id }, "request failed");
  if (status === 413) return answerOversize(answer, request, reply);
  return reply.code(status).headers(answer.headers).type(PROBLEM_JSON).send(JSON.stringify(answer.problem));
}

function reasonOf({ message, cause }: UnavailableError): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** The problem answers of a route, for its schema: those of every route, and `statuses`. */
export function problemResponses(...statuses: number[]): Record<number, ProblemResponse> {
  return Object.fromEntries([...statuses, 500].map((status) => [status, problemResponse(status)]));
}

type ProblemResponse = ReturnType<typeof problemResponse>;

function problemResponse(status: number) {
  return { description: STATUS_CODES[status] ?? "Error", content: { "application/problem+json": { schema: Problem } } };
}
