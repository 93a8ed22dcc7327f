import {
  type Delivery,
  type DeliveryId,
  type DeliveryTry,
  type InvocationId,
  KEPT_TRIES,
  type StoredDelivery,
  type WebhookId,
} from "@pifleet/invocation";
import { decodeText, encodeText } from "../scripting/text-encoding.ts";

/**
 * The fields of a delivery's hash; an absent one is null. What never changes is one field, `given`, but for the body,
 * and for the `place`, by which the scripts find its indexes. Each try is a field of its own, `try:<number>`.
 */
export type DeliveryFields = Readonly<Record<string, Buffer>>;

type Given = Pick<StoredDelivery, "messageId" | "type" | "url" | "createdAt" | "traceparent">;

/** Stands in a place for the webhook of the invocation itself. */
const NO_WEBHOOK = "-";

/** What `write-deliveries.lua` wants to know of a delivery. */
export async function encodeDelivery(delivery: StoredDelivery): Promise<(string | Buffer)[]> {
  const { id, webhook, invocation, tenant, messageId, type, url, createdAt, traceparent } = delivery;
  const given: Given = { messageId, type, url, createdAt, traceparent };
  const place = [webhook ?? NO_WEBHOOK, invocation, tenant].join("|");
  return [id, place, JSON.stringify(given), await encodeText(delivery.body)];
}

/** The delivery of a hash, or `null` when there is no such hash. */
export async function decodeDelivery(id: DeliveryId, fields: DeliveryFields): Promise<StoredDelivery | null> {
  const known = decode(id, fields);
  return known && fields.body ? { ...known, body: await decodeText(fields.body) } : null;
}

/** The same without what only we need. */
export function decodeListed(id: DeliveryId, fields: DeliveryFields): Delivery | null {
  const known = decode(id, fields);
  if (!known) return null;
  const { tenant, traceparent, ...listed } = known;
  return listed;
}

/** The fields that a script answers with, names and values in turn. */
export function deliveryFieldsOf(flat: readonly Buffer[]): DeliveryFields {
  const fields: Record<string, Buffer> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[String(flat[i])] = flat[i + 1] ?? Buffer.alloc(0);
  return fields;
}

function decode(id: DeliveryId, fields: DeliveryFields): Omit<StoredDelivery, "body"> | null {
  if (!fields.given) return null;
  const { messageId, type, url, createdAt, traceparent } = JSON.parse(String(fields.given)) as Given;
  const [webhook, invocation, ...tenant] = String(fields.place).split("|");
  const tried = Number(fields.tried);
  return {
    id,
    messageId,
    webhook: webhook === NO_WEBHOOK ? null : (webhook as WebhookId),
    invocation: invocation as InvocationId,
    type,
    url,
    status: String(fields.status) as Delivery["status"],
    tries: decodeTries(fields, tried),
    tryCount: tried - Number(fields.triedBefore ?? 0),
    nextTryAt: decodeTime(fields.dueAt),
    createdAt,
    deliveredAt: decodeTime(fields.deliveredAt),
    tenant: tenant.join("|"),
    traceparent,
  };
}

function decodeTries(fields: DeliveryFields, tried: number): DeliveryTry[] {
  const tries: DeliveryTry[] = [];
  for (let number = Math.max(1, tried - KEPT_TRIES + 1); number <= tried; number += 1) {
    const json = fields[`try:${number}`];
    if (json) tries.push(JSON.parse(String(json)) as DeliveryTry);
  }
  return tries;
}

/** Unix milliseconds as RFC 3339. */
function decodeTime(ms: Buffer | undefined): string | null {
  return ms ? new Date(Number(ms)).toISOString() : null;
}
