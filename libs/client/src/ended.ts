import { isTerminal } from "@pifleet/invocation/terminal";
import type { EndedInvocation, InvocationRecord } from "./received.ts";

/** Whether an invocation has ended; also in a status of a newer API that is not known here: then its time says so. */
export function hasEnded(record: InvocationRecord): record is EndedInvocation {
  return isTerminal(record.status) || typeof record.endedAt === "string";
}
