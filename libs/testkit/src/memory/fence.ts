import { nextStatus } from "@pifleet/invocation";
import type { KeptInvocation } from "./kept-invocation.ts";

/** Whether the attempt is the newest one. */
export function isNewest(kept: KeptInvocation | undefined, attempt: number): kept is KeptInvocation {
  return kept?.invocation.attempt === attempt;
}

/** Whether the attempt is the newest one and has not ended. */
export function isCurrent(kept: KeptInvocation | undefined, attempt: number): kept is KeptInvocation {
  return isNewest(kept, attempt) && nextStatus(kept.invocation.status, "requeue") !== undefined;
}
