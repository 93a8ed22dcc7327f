import type { Delivery, InvocationId, Webhook } from "@pifleet/invocation";

const WEBHOOK_ID = "whk_01K9ZQ4A1B2C3D4E5F6G7H8J9K";
const CREATED = "2026-01-15T09:00:00.000Z";
const FIRST_TRY = "2026-01-15T09:30:04.262Z";
const NEXT_TRY = "2026-01-15T09:30:09.514Z";

const webhook: Webhook = {
  id: WEBHOOK_ID,
  url: "https://example.com/hooks/pifleet",
  events: ["invocation.succeeded", "invocation.failed"],
  description: "Tells the ticket system",
  enabled: true,
  disabledReason: null,
  createdAt: CREATED,
  updatedAt: CREATED,
};

const { url, events, description } = webhook;

/** Where a secret stands in an answer. An example of one would be used by somebody. */
const SECRET = "whsec_…";

/** @param invocation the id of the invocation that the other examples show */
function deliveryOf(invocation: InvocationId): Delivery {
  return {
    id: "dlv_01K9ZQ6Y5N6P7Q8R9S0T1V2W3X",
    messageId: "msg_01K9ZQ6Y5N6P7Q8R9S0T1V2W3X",
    webhook: WEBHOOK_ID,
    invocation,
    type: "invocation.succeeded",
    url,
    status: "pending",
    tries: [{ at: FIRST_TRY, durationMs: 18.4, status: 503, error: "answered 503", response: "try later" }],
    tryCount: 1,
    nextTryAt: NEXT_TRY,
    createdAt: "2026-01-15T09:30:04.251Z",
    deliveredAt: null,
  };
}

/** One example for each schema of the webhooks and their ledger, by the schema's name. */
export function webhookExamples(invocation: InvocationId) {
  const delivery = deliveryOf(invocation);
  return {
    NewWebhook: { url, events, description },
    WebhookChanges: { events: [], enabled: true },
    Webhook: webhook,
    WebhookList: { items: [webhook], nextCursor: null },
    CreatedWebhook: { ...webhook, secret: SECRET },
    UpdatedWebhook: { ...webhook, events: [], updatedAt: NEXT_TRY },
    Delivery: delivery,
    DeliveryList: { items: [delivery], nextCursor: null },
    DeliveryWithBody: {
      ...delivery,
      body: `{"type":"invocation.succeeded","timestamp":"2026-01-15T09:30:04.250Z","data":{"id":"${invocation}"}}`,
    },
    RedeliveryRange: { since: CREATED, until: NEXT_TRY, status: "dead" },
    Redeliveries: { count: 42, more: false },
  };
}
