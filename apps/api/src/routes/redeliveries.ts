import { type Backend, DELIVERY_STATUSES, type DeliveryId, type DeliveryQuery } from "@pifleet/invocation";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { problemResponses } from "../problems.ts";
import { isOrdered, Moment, ORDER_FAULT } from "../time-range.ts";
import { findWebhook, requireEnabled, WebhookPath } from "./webhook-path.ts";

/** How many deliveries one request makes pending at most. */
const MAX_REDELIVERIES = 1_000;
const PAGE = 100;

const RedeliveryRange = z
  .strictObject({
    since: Moment.describe("The deliveries that were created at this time or later"),
    until: Moment.optional().describe("… and before this time"),
    status: z.enum(DELIVERY_STATUSES).default("dead").describe("Only those with this status"),
  })
  .refine(isOrdered, ORDER_FAULT)
  .meta({ id: "RedeliveryRange" });

const Redeliveries = z
  .object({
    count: z.int().min(0).max(MAX_REDELIVERIES).describe("How many deliveries are sent again"),
    more: z.boolean().describe("Whether the range holds older ones that are not; send the request again for them"),
  })
  .meta({ id: "Redeliveries" });

/** Adds `POST /webhooks/{id}/redeliver`. */
export function redeliveryRoutes(app: App, { backend }: Services): void {
  const schema = {
    operationId: "redeliverRange",
    summary: "Send the deliveries of a time range again",
    description:
      `After an outage of the receiver: by default those that were given up. One request takes the newest ${MAX_REDELIVERIES} ` +
      "of the range; they become pending, so that the same request then takes the ones before them.",
    tags: ["webhooks"],
    params: WebhookPath,
    body: RedeliveryRange,
    response: { 202: Redeliveries, ...problemResponses(400, 401, 403, 404, 409, 413, 415, 503) },
  };
  app.post("/webhooks/:id/redeliver", { schema, config: { scope: "webhooks" } }, async (request, reply) => {
    const webhook = await findWebhook(backend, request);
    requireEnabled(webhook);
    const { tenant, id } = webhook;
    const { ids, more } = await collect(backend, { tenant, webhook: id, ...request.body, limit: PAGE });
    return reply.code(202).send({ count: await redeliverAll(backend, tenant, ids), more });
  });
}

/** All ids come first: what is redelivered leaves the list that the next page is of. */
async function collect(
  { deliveries }: Backend,
  query: DeliveryQuery,
): Promise<{ readonly ids: DeliveryId[]; readonly more: boolean }> {
  const ids: DeliveryId[] = [];
  let after: DeliveryId | undefined;
  do {
    const page = await deliveries.list({ ...query, after });
    ids.push(...page.items.map((delivery) => delivery.id));
    after = page.next ?? undefined;
  } while (after !== undefined && ids.length < MAX_REDELIVERIES);
  return { ids, more: after !== undefined };
}

/** Resolves to how many there still were. */
async function redeliverAll({ deliveries }: Backend, tenant: string, ids: readonly DeliveryId[]): Promise<number> {
  let count = 0;
  for (let from = 0; from < ids.length; from += PAGE) {
    const page = ids.slice(from, from + PAGE).map((id) => deliveries.redeliver(tenant, id));
    count += (await Promise.all(page)).filter((delivery) => delivery !== null).length;
  }
  return count;
}
