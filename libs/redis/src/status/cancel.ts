import { type CancelRequest, type InvocationId, invocationError } from "@pifleet/invocation";
import { fieldsOf, type StoredFields } from "../invocations/record.ts";
import { json, text } from "../scripting/parameters.ts";
import { bytes, listOf, oneOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const CANCEL = defineScript({
  name: "cancel",
  base: "invocation",
  keys: {},
  args: {
    tenant: text("whose it is"),
    cancelledError: text("error of a cancelled invocation, JSON"),
    requests: text("channel of requests"),
    cancellation: json("who asks, and why, JSON"),
  },
  reply: tuple(oneOf("cancelled", "requested", "illegal", "missing"), listOf(bytes("fields and their values"))),
});

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
  const cancellation = { at: new Date().toISOString(), by, reason };
  const args = { tenant, cancelledError: CANCELLED, requests: scripts.keys.requests, cancellation };
  const [kind, flat] = await scripts.callOn(id, CANCEL, {}, args);
  return { kind, fields: fieldsOf(flat) };
}
