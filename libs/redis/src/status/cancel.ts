import { type CancelRequest, type InvocationId, invocationError } from "@pifleet/invocation";
import { fieldsOf, type StoredFields } from "../invocations/record.ts";
import type { Scripts } from "../scripting/scripts.ts";

/** The error of an invocation that was cancelled while no attempt could report it, JSON. */
export const CANCELLED = JSON.stringify(invocationError("cancelled", "The invocation was cancelled."));

export interface CancelReply {
  readonly kind: "cancelled" | "requested" | "illegal" | "missing";
  readonly fields: StoredFields;
}

/** Cancels a queued invocation; asks the worker of a running one to. */
export async function cancel(
  scripts: Scripts,
  tenant: string,
  id: InvocationId,
  { by, reason }: CancelRequest,
): Promise<CancelReply> {
  const cancellation = JSON.stringify({ at: new Date().toISOString(), by, reason });
  const args = [tenant, CANCELLED, scripts.keys.requests, cancellation];
  const reply = await scripts.runOnForBuffers(id, "cancel", args);
  const [kind, flat] = reply as [Buffer, Buffer[]];
  return { kind: kind.toString() as CancelReply["kind"], fields: fieldsOf(flat) };
}
