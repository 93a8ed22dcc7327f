import * as z from "zod";
import { clientUrl } from "./client-url.ts";
import { fieldOrder } from "./field-order.ts";
import { InvocationId } from "./id.ts";
import { TERMINAL_STATUSES } from "./terminal.ts";
import { withoutTrailing } from "./without-trailing.ts";

const Time = z.iso.datetime({ precision: 3 });

export const WebhookId = z
  .string()
  .regex(/^whk_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "must be the id of a webhook: whk_ and a ULID");
export type WebhookId = z.infer<typeof WebhookId>;

export const DeliveryId = z
  .string()
  .regex(/^dlv_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, "must be the id of a delivery: dlv_ and a ULID");
export type DeliveryId = z.infer<typeof DeliveryId>;

/** Event types of webhooks: how an invocation ended. */
export const WebhookEventType = z.enum(TERMINAL_STATUSES.map((status) => `invocation.${status}` as const));
export type WebhookEventType = z.infer<typeof WebhookEventType>;

const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** The secret that signs messages, as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64. */
export const WebhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z\d+/]+={0,2}$/, { error: "must be whsec_ and base64", abort: true })
  .refine(hasGoodLength, `must hold ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes after whsec_, in base64`);
export type WebhookSecret = z.infer<typeof WebhookSecret>;

export const WebhookUrl = clientUrl();

/** Which events a webhook is told; none means all. */
export const WebhookEvents = z.array(WebhookEventType).transform((events) => [...new Set(events)]);

/** The webhook of one invocation, in its submission. */
export const InvocationWebhook = z.strictObject({
  url: WebhookUrl.describe("Told when the invocation has ended"),
  events: WebhookEvents.default([]).describe("Only these; none means all"),
  secret: WebhookSecret.optional().describe("Signs the message; without one it is not signed. Never shown again"),
});
export type InvocationWebhook = z.infer<typeof InvocationWebhook>;

/** A webhook of a tenant as clients see it. */
export const Webhook = z
  .object({
    id: WebhookId,
    url: WebhookUrl,
    events: z.array(WebhookEventType).describe("Only these are told; none means all"),
    description: z.string(),
    enabled: z.boolean(),
    disabledReason: z.string().nullable().describe("Why it was disabled, when it was not by its owner"),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: "Webhook" });
export type Webhook = z.infer<typeof Webhook>;

/** A secret that is good until it expires; the newest one has no end. */
export interface StoredSecret {
  readonly value: string;
  readonly expiresAt: string | null;
}

/** A webhook as it is kept. */
export interface StoredWebhook extends Webhook {
  readonly tenant: string;
  /** The newest first: a message is signed with every one that has not expired. */
  readonly secrets: readonly StoredSecret[];
}

const orderWebhook = fieldOrder(Webhook);

/** The part of a webhook that clients may see. */
export function toWebhook(webhook: Webhook): Webhook {
  return orderWebhook(webhook);
}

/** One try to bring a message to its receiver. */
export const DeliveryTry = z.object({
  at: Time,
  durationMs: z.number().nonnegative(),
  status: z.int().nullable().describe("The status of the answer; null when there was none"),
  error: z.string().nullable().describe("Why there was no answer, or why it does not count"),
  response: z.string().describe("The first KiB of the answer"),
});
export type DeliveryTry = z.infer<typeof DeliveryTry>;

export const DELIVERY_STATUSES = ["pending", "delivered", "dead"] as const;

/** One webhook message and its tries. */
export const Delivery = z
  .object({
    id: DeliveryId,
    messageId: z.string().describe("The header webhook-id: the same over all tries, also after a redelivery"),
    webhook: WebhookId.nullable().describe("null for the webhook of the invocation itself"),
    invocation: InvocationId,
    type: WebhookEventType,
    url: z.string(),
    status: z.enum(DELIVERY_STATUSES).describe("dead: given up; it can be redelivered"),
    tries: z.array(DeliveryTry).describe("The newest ones, oldest first"),
    tryCount: z.int().min(0).describe("Tries since it was created, or redelivered last"),
    nextTryAt: Time.nullable(),
    createdAt: Time,
    deliveredAt: Time.nullable(),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.infer<typeof Delivery>;

/** A delivery as it is kept, with what is sent. */
export interface StoredDelivery extends Delivery {
  readonly tenant: string;
  /** The body, word for word the same over all tries. */
  readonly body: string;
  /** W3C trace context of the invocation. */
  readonly traceparent: string | null;
}

const orderDelivery = fieldOrder(Delivery);

/** The part of a delivery that clients may see in lists: all but what is sent. */
export function toDelivery(delivery: Delivery): Delivery {
  return orderDelivery(delivery);
}

function hasGoodLength(secret: string): boolean {
  const base64 = withoutTrailing(secret.slice("whsec_".length), "=");
  const bytes = Math.floor((base64.length * 3) / 4);
  // Four characters are three bytes; one that is left over is no byte.
  return base64.length % 4 !== 1 && bytes >= MIN_SECRET_BYTES && bytes <= MAX_SECRET_BYTES;
}
