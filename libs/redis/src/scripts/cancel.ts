import { type InvocationId, invocationError } from "@pifleet/invocation";
import { fieldsOf, type RecordFields } from "../record.ts";
import type { Scripts } from "../scripts.ts";

/** The error of an invocation that was cancelled while no attempt could report it, JSON. */
export const CANCELLED = JSON.stringify(invocationError("cancelled", "The invocation was cancelled."));

export interface CancelReply {
  readonly kind: "cancelled" | "requested" | "illegal" | "missing";
  readonly fields: RecordFields;
}

/** Cancels a queued invocation; asks the worker of a running one to. */
export async function cancel(scripts: Scripts, tenant: string, id: InvocationId): Promise<CancelReply> {
  const reply = await scripts.runOn(id, "cancel", [tenant, CANCELLED, scripts.keys.requests]);
  const [kind, flat] = reply as [CancelReply["kind"], string[]];
  return { kind, fields: fieldsOf(flat) };
}
