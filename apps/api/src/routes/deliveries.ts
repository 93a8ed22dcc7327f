import {
  type Backend,
  DELIVERY_STATUSES,
  Delivery,
  DeliveryId,
  type DeliveryQuery,
  InvocationId,
  type StoredDelivery,
  toDelivery,
  WebhookId,
} from "@pifleet/invocation";
import type { FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { cursorOf, encodeCursor } from "../cursor.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses } from "../problems.ts";
import { isOrdered, Moment, ORDER_FAULT } from "../time-range.ts";
import { nextLink } from "./next-link.ts";
import { findWebhook, requireEnabled, WebhookPath } from "./webhook-path.ts";

const tags = ["webhooks"];
const config = { scope: "webhooks" } as const;

const PageQuery = z.strictObject({
  status: z.enum(DELIVERY_STATUSES).optional(),
  since: Moment.optional().describe("Only deliveries that were created at this time or later"),
  until: Moment.optional().describe("Only deliveries that were created before this time"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: cursorOf(DeliveryId).optional(),
});
const WebhookDeliveryQuery = PageQuery.refine(isOrdered, ORDER_FAULT);
const AllDeliveryQuery = PageQuery.extend({
  webhook: WebhookId.optional(),
  invocation: InvocationId.optional(),
}).refine(isOrdered, ORDER_FAULT);

const DeliveryList = z
  .object({ items: z.array(Delivery), nextCursor: z.string().nullable() })
  .meta({ id: "DeliveryList", description: "A page, newest first; nextCursor is null at the end" });

const DeliveryWithBody = z
  .object({ ...Delivery.shape, body: z.string().describe("What is sent, word for word the same over all tries") })
  .meta({ id: "DeliveryWithBody" });

const DeliveryPath = z.object({ id: DeliveryId });

/** Adds what shows the ledger of deliveries, and sends one of them again. */
export function deliveryRoutes(app: App, services: Services): void {
  addLists(app, services);
  addGet(app, services);
  addRedeliver(app, services);
}

function addLists(app: App, { backend }: Services): void {
  const list = (operationId: string, summary: string) => ({ operationId, summary, tags });
  const ofWebhook = {
    ...list("listWebhookDeliveries", "List the deliveries of a webhook, newest first"),
    params: WebhookPath,
    querystring: WebhookDeliveryQuery,
    response: { 200: DeliveryList, ...problemResponses(400, 401, 403, 404, 503) },
  };
  app.get("/webhooks/:id/deliveries", { schema: ofWebhook, config }, async (request, reply) => {
    const { id: webhook } = await findWebhook(backend, request);
    return answerPage(backend, request, reply, { ...request.query, webhook });
  });
  const all = {
    ...list("listDeliveries", "List the deliveries, newest first"),
    description: "Also those of deleted webhooks, and of the webhooks that invocations bring themselves.",
    querystring: AllDeliveryQuery,
    response: { 200: DeliveryList, ...problemResponses(400, 401, 403, 503) },
  };
  app.get("/deliveries", { schema: all, config }, async (request, reply) =>
    answerPage(backend, request, reply, request.query),
  );
}

async function answerPage(
  { deliveries }: Backend,
  request: FastifyRequest,
  reply: FastifyReply,
  { cursor: after, ...filter }: Omit<DeliveryQuery, "tenant" | "after"> & { cursor?: DeliveryId },
) {
  const page = await deliveries.list({ tenant: request.identity.tenant, ...filter, after });
  const nextCursor = page.next && encodeCursor(page.next);
  if (nextCursor !== null) reply.header("link", linkBehind(request.url, nextCursor));
  return { items: page.items.map(toDelivery), nextCursor };
}

/** The same query with another cursor. */
function linkBehind(url: string, cursor: string): string {
  const [path = "", search] = url.split("?");
  return nextLink(path, { ...Object.fromEntries(new URLSearchParams(search)), cursor });
}

function addGet(app: App, { backend }: Services): void {
  const schema = {
    operationId: "getDelivery",
    summary: "Get a delivery with what is sent",
    tags,
    params: DeliveryPath,
    response: { 200: DeliveryWithBody, ...problemResponses(400, 401, 403, 404, 503) },
  };
  app.get("/deliveries/:id", { schema, config }, async (request) => {
    const delivery = await backend.deliveries.get(request.identity.tenant, request.params.id);
    if (!delivery) throw unknownDelivery();
    return { ...toDelivery(delivery), body: delivery.body };
  });
}

function addRedeliver(app: App, { backend }: Services): void {
  const schema = {
    operationId: "redeliver",
    summary: "Send a delivery again, now",
    description: "With the same webhook-id and body, whatever its status is; its schedule begins anew.",
    tags,
    params: DeliveryPath,
    response: { 202: Delivery, ...problemResponses(400, 401, 403, 404, 409, 503) },
  };
  app.post("/deliveries/:id/redeliver", { schema, config }, async (request, reply) => {
    const { tenant } = request.identity;
    const delivery = await backend.deliveries.get(tenant, request.params.id);
    if (!delivery) throw unknownDelivery();
    await requireReceiver(backend, delivery);
    const pending = await backend.deliveries.redeliver(tenant, delivery.id);
    if (!pending) throw unknownDelivery();
    return reply.code(202).send(toDelivery(pending));
  });
}

/** It would be given up at its next try. @throws {ProblemError} 409 */
async function requireReceiver({ webhooks }: Backend, { tenant, webhook: id }: StoredDelivery): Promise<void> {
  if (id === null) return;
  const webhook = await webhooks.get(tenant, id);
  if (!webhook) throw new ProblemError(409, "webhook_deleted", "The webhook of this delivery was deleted");
  requireEnabled(webhook);
}

function unknownDelivery(): ProblemError {
  return new ProblemError(404, "delivery_not_found", "There is no delivery with this id");
}
