import {
  type Backend,
  type InvocationId,
  newUlid,
  type StoredDelivery,
  type StoredWebhook,
  type WebhookId,
} from "@pifleet/invocation";
import { recordOf, runToEnd } from "./runs.ts";

/** Ends a new invocation of a tenant, and writes what its webhooks are to be told into the ledger. */
export async function endedInvocation(backend: Backend, tenant = "default"): Promise<StoredDelivery[]> {
  const { id } = await recordOf(backend, tenant);
  await runToEnd(backend, id);
  const [ended] = await backend.deliveries.takeEnded(1, 60_000);
  if (ended !== id) throw new Error("it is not in the outbox");
  const deliveries = (await backend.webhooks.list(tenant)).map((webhook) => deliveryOf(webhook, id));
  await backend.deliveries.write(id, deliveries);
  return deliveries;
}

function deliveryOf({ id: webhook, tenant, url }: StoredWebhook, invocation: InvocationId): StoredDelivery {
  const at = new Date();
  return {
    id: `dlv_${newUlid(at.getTime())}`,
    messageId: `msg_${newUlid(at.getTime())}`,
    webhook,
    invocation,
    type: "invocation.succeeded",
    url,
    status: "pending",
    tries: [],
    tryCount: 0,
    nextTryAt: at.toISOString(),
    createdAt: at.toISOString(),
    deliveredAt: null,
    tenant,
    body: JSON.stringify({ type: "invocation.succeeded", timestamp: at, data: { id: invocation } }),
    traceparent: null,
  };
}

/** The same, for one webhook; the delivery is dead, after a try that was answered 503. */
export async function deadDelivery(backend: Backend, webhook: WebhookId, tenant?: string): Promise<StoredDelivery> {
  const delivery = (await endedInvocation(backend, tenant)).find((each) => each.webhook === webhook);
  if (!delivery) throw new Error("the webhook did not want to know");
  await backend.deliveries.take(100, 60_000);
  const made = { at: delivery.createdAt, durationMs: 5, status: 503, error: "answered 503", response: "later" };
  await backend.deliveries.record(delivery.id, made, { kind: "dead" });
  return delivery;
}
