import type { Submission } from "@pifleet/invocation";
import type { AddressGuard } from "@pifleet/outbound";
import { ProblemError } from "./problem-error.ts";

type Guard = Pick<AddressGuard, "refusal">;

/**
 * Refuses a submission that wants something sent where this deployment sends nothing.
 * @throws {ProblemError} 400
 */
export function checkAddresses({ trace, webhook }: Submission, guard: Guard): void {
  if (trace?.endpoint !== undefined) checkAddress(trace.endpoint, "/trace/endpoint", guard);
  if (webhook !== undefined) checkAddress(webhook.url, "/webhook/url", guard);
}

/**
 * Refuses a URL that this deployment sends nothing to. A name is judged again by the addresses that it has when
 * something is sent.
 * @param pointer where in the body the URL stands
 * @throws {ProblemError} 400
 */
export function checkAddress(url: string, pointer: string, guard: Guard): void {
  const refusal = guard.refusal(new URL(url));
  if (refusal === undefined) return;
  const errors = [{ pointer, detail: refusal }];
  throw new ProblemError(400, "address_refused", `${pointer}: ${refusal}`, { errors });
}
