import {
  type Invocation,
  isTerminal,
  newUlid,
  type StoredDelivery,
  type StoredWebhook,
  type WebhookEventType,
} from "@pifleet/invocation";
import { messageBody } from "./message-body.ts";
import { messageIdOf } from "./message-id.ts";

/** A webhook that may want to know, whoever has named it. */
interface Candidate {
  readonly id: StoredWebhook["id"] | null;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
}

/**
 * The deliveries that an ended invocation makes: one for each webhook that wants to know, be it one of its tenant's or
 * its own. They hold no secret. None for an invocation that has not ended.
 * @param nowMs Unix time, milliseconds
 */
export function deliveriesOf(
  invocation: Invocation,
  webhooks: readonly StoredWebhook[],
  nowMs: number = Date.now(),
): StoredDelivery[] {
  const { status, submission } = invocation;
  if (!isTerminal(status)) return [];
  const type = `invocation.${status}` as const;
  const own = submission.webhook ? [{ id: null, ...submission.webhook }] : [];
  const candidates: Candidate[] = [...webhooks.filter(({ enabled }) => enabled), ...own];
  const interested = candidates.filter(({ events }) => events.length === 0 || events.includes(type));
  if (interested.length === 0) return [];
  const body = messageBody(type, invocation);
  return interested.map((candidate) => newDelivery(candidate, { invocation, type, body }, nowMs));
}

interface Told {
  readonly invocation: Invocation;
  readonly type: WebhookEventType;
  readonly body: string;
}

function newDelivery({ id, url }: Candidate, { invocation, type, body }: Told, nowMs: number): StoredDelivery {
  const now = new Date(nowMs).toISOString();
  return {
    id: `dlv_${newUlid(nowMs)}`,
    messageId: messageIdOf({ invocation: invocation.id, type, webhook: id }),
    tenant: invocation.tenant,
    webhook: id,
    invocation: invocation.id,
    type,
    url,
    body,
    traceparent: invocation.carrier.traceparent ?? null,
    status: "pending",
    tries: [],
    tryCount: 0,
    nextTryAt: now,
    createdAt: now,
    deliveredAt: null,
  };
}
