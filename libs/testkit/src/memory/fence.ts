import { nextStatus } from "@pifleet/invocation";
import type { KeptInvocation } from "./kept-invocation.ts";

/** Whether the attempt is the newest one and has not ended. */
export function isCurrent(kept: KeptInvocation | undefined, attempt: number): kept is KeptInvocation {
  return kept?.invocation.attempt === attempt && nextStatus(kept.invocation.status, "requeue") !== undefined;
}
