import * as z from "zod";

/** What an error answer is about. New ones may come: a client must be able to meet one that it does not know. */
export const ProblemCode = z.enum([
  "address_refused",
  "agent_not_found",
  "artifact_content_not_found",
  "artifact_damaged",
  "artifact_not_found",
  "batch_too_large",
  "body_too_large",
  "delivery_not_found",
  "headers_too_large",
  "host_not_allowed",
  "idempotency_key_reused",
  "illegal_transition",
  "insufficient_scope",
  "internal",
  "invalid_path",
  "invalid_request",
  "invocation_not_found",
  "malformed_json",
  "malformed_request",
  "method_not_allowed",
  "model_not_found",
  "not_ended",
  "not_found",
  "queue_full",
  "range_not_satisfiable",
  "rate_limited",
  "request_timeout",
  "stopping",
  "storage_full",
  "too_many_open",
  "too_many_webhooks",
  "unauthorized",
  "unavailable",
  "unsupported_media_type",
  "webhook_deleted",
  "webhook_disabled",
  "webhook_not_found",
  "writes_refused",
]);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** An error answer of the HTTP API (RFC 9457, `application/problem+json`). It never holds a stack or a host's path. */
export const Problem = z
  .object({
    type: z.string().describe("A URI that names the kind of problem; about:blank#code"),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: ProblemCode.describe("Stable; clients switch over it"),
    errors: z
      .array(
        z.object({
          pointer: z
            .string()
            .describe(
              "JSON pointer (RFC 6901) into the body; what is wrong elsewhere is below /path, /query or /header",
            ),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
