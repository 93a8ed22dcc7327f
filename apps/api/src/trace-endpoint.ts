import type { Submission } from "@pifleet/invocation";
import type { AddressGuard } from "@pifleet/webhooks";
import { ProblemError } from "./problem-error.ts";

/**
 * Refuses a submission whose spans are to be sent where this deployment sends nothing. A name is judged again by the
 * addresses that it has when they are sent.
 * @throws {ProblemError} 400
 */
export function checkTraceEndpoint({ trace }: Submission, guard: Pick<AddressGuard, "refusal">): void {
  if (trace?.endpoint === undefined) return;
  const refusal = guard.refusal(new URL(trace.endpoint));
  if (refusal === undefined) return;
  const errors = [{ pointer: "/trace/endpoint", detail: refusal }];
  throw new ProblemError(400, "address_refused", `/trace/endpoint: ${refusal}`, { errors });
}
