import type { FastifyRequest } from "fastify";
import * as z from "zod";

/** What may go with submissions, one or many. */
export const SubmittingHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters")
    .optional()
    .describe("Makes it safe to send the same body again: it answers with the invocation of the first time"),
  traceparent: z
    .string()
    .optional()
    .describe("W3C Trace Context: the run's spans hang under this span. One that is malformed is passed over"),
  tracestate: z.string().optional().describe("W3C Trace Context; goes with the traceparent"),
  baggage: z.string().optional().describe("W3C Baggage; the members that the deployment allows travel with the run"),
});

export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  return typeof key === "string" ? key : undefined;
}
