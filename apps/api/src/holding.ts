import type { Invocation } from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import type { Services } from "./app.ts";

/** The longest that an answer is held back, seconds. */
export const MAX_WAIT_SECONDS = 60;

/** How long an answer may be held back, in a query; seconds. */
export const WaitSeconds = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_WAIT_SECONDS)
  .describe("Hold the answer back until the invocation has ended, but no longer than this; seconds");

/** The invocation as soon as it has ended, or as it is when `seconds` have passed; `null` when it is there no more. */
export function holdBack(
  { waiting }: Services,
  request: FastifyRequest,
  invocation: Pick<Invocation, "tenant" | "id" | "status">,
  seconds: number,
): Promise<Invocation | null> {
  return waiting.untilTerminal(invocation, { timeoutMs: seconds * 1_000, abandoned: request.signal });
}
