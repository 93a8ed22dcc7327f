import type { Rate, RateDecision } from "@pifleet/invocation";
import type { FastifyReply } from "fastify";
import { ProblemError } from "./problem-error.ts";

/** What the requests of one key are counted against. */
export interface Allowance {
  /** `null` when there may be as many as its owner likes. */
  readonly rate: Rate | null;
  /** Counts one request. @throws {UnavailableError} when it cannot be counted now */
  spend(): Promise<RateDecision | null>;
}

/** What the policy is called in the headers. */
const POLICY = "key";

/**
 * Counts a request, however long its answer takes, and tells in the answer what is left, as
 * draft-ietf-httpapi-ratelimit-headers-11 has it.
 * @throws {ProblemError} 429 when the key sends too many
 */
export async function spend(allowance: Allowance, reply: FastifyReply): Promise<void> {
  const decision = await allowance.spend();
  if (!allowance.rate || !decision) return;
  reply.headers({ "ratelimit-policy": policyOf(allowance.rate), ratelimit: limitOf(decision) });
  if (!decision.allowed) throw rateLimited(allowance.rate, decision);
}

/** As many as a burst holds in the time in which a burst comes back. */
function policyOf({ perSecond, burst }: Rate): string {
  return `"${POLICY}";q=${burst};w=${Math.max(1, Math.ceil(burst / perSecond))}`;
}

/** What is left until the whole burst is there again, or nothing until the next request is allowed. */
function limitOf(decision: RateDecision): string {
  const seconds = decision.allowed ? Math.ceil(decision.resetMs / 1_000) : retryAfterSeconds(decision);
  return `"${POLICY}";r=${decision.remaining};t=${seconds}`;
}

function rateLimited({ perSecond, burst }: Rate, decision: RateDecision): ProblemError {
  const detail = `This key may send ${perSecond} requests a second, and ${burst} at once`;
  const headers = { "retry-after": String(retryAfterSeconds(decision)) };
  return new ProblemError(429, "rate_limited", detail, { headers });
}

function retryAfterSeconds({ retryAfterMs }: RateDecision): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}
