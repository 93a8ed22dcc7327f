import {
  MAX_WEBHOOKS,
  newUlid,
  type StoredWebhook,
  toWebhook,
  Webhook,
  WebhookEvents,
  WebhookSecret,
  WebhookUrl,
} from "@pifleet/invocation";
import * as z from "zod";
import { checkAddress } from "../address-refusal.ts";
import type { App, Services } from "../app.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses } from "../problems.ts";
import { newWebhookSecret } from "../webhook-secret.ts";
import { findWebhook, unknownWebhook, WebhookPath } from "./webhook-path.ts";

const tags = ["webhooks"];
const config = { scope: "webhooks" } as const;

/** The fields that clients choose, at first and again. */
export const CHOSEN = {
  url: WebhookUrl.describe("Where the messages are sent"),
  events: WebhookEvents.describe("Only these are told; none means all"),
  description: z.string().max(1_000).describe("For people"),
};

const NewWebhook = z
  .strictObject({
    url: CHOSEN.url,
    events: CHOSEN.events.default([]),
    description: CHOSEN.description.default(""),
    secret: WebhookSecret.optional().describe("Signs the messages; one is made when none is given"),
  })
  .meta({ id: "NewWebhook" });

const WebhookList = z
  .object({ items: z.array(Webhook), nextCursor: z.null() })
  .meta({ id: "WebhookList", description: "All webhooks, newest first" });

/** A secret in an answer. */
export const ShownSecret = z.string().describe("Shown now and never again");
const CreatedWebhook = z.object({ ...Webhook.shape, secret: ShownSecret }).meta({ id: "CreatedWebhook" });

/** Adds what creates, shows and deletes the webhooks of a tenant. */
export function webhookRoutes(app: App, services: Services): void {
  addCreate(app, services);
  addList(app, services);
  addGet(app, services);
  addDelete(app, services);
}

function addCreate(app: App, { backend, addressGuard }: Services): void {
  const schema = {
    operationId: "createWebhook",
    summary: "Have ended invocations told to a URL",
    description: `Messages follow Standard Webhooks 1.0. The answer holds the secret that signs them, this once. A tenant can have ${MAX_WEBHOOKS} webhooks.`,
    tags,
    body: NewWebhook,
    response: { 201: CreatedWebhook, ...problemResponses(400, 401, 403, 409, 413, 415, 503) },
  };
  app.post("/webhooks", { schema, config }, async (request, reply) => {
    checkAddress(request.body.url, "/url", addressGuard);
    const { secret = newWebhookSecret(), ...fields } = request.body;
    const webhook = createdWebhook(request.identity.tenant, fields, secret);
    if ((await backend.webhooks.create(webhook)) === "too_many") throw tooManyWebhooks();
    reply.code(201).header("location", `/v1/webhooks/${webhook.id}`);
    return { ...toWebhook(webhook), secret };
  });
}

function createdWebhook(
  tenant: string,
  fields: Pick<StoredWebhook, "url" | "events" | "description">,
  secret: string,
): StoredWebhook {
  const now = new Date();
  return {
    id: `whk_${newUlid(now.getTime())}`,
    ...fields,
    enabled: true,
    disabledReason: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    tenant,
    secrets: [{ value: secret, expiresAt: null }],
  };
}

function tooManyWebhooks(): ProblemError {
  const remedy = "delete one that is not needed, or let one receiver pass messages on";
  return new ProblemError(409, "too_many_webhooks", `There are ${MAX_WEBHOOKS} webhooks, which is the most; ${remedy}`);
}

function addList(app: App, { backend }: Services): void {
  const schema = {
    operationId: "listWebhooks",
    summary: "List the webhooks, newest first",
    tags,
    response: { 200: WebhookList, ...problemResponses(401, 403, 503) },
  };
  app.get("/webhooks", { schema, config }, async (request) => {
    const webhooks = await backend.webhooks.list(request.identity.tenant);
    return { items: webhooks.map(toWebhook), nextCursor: null };
  });
}

function addGet(app: App, { backend }: Services): void {
  const schema = {
    operationId: "getWebhook",
    summary: "Get a webhook",
    tags,
    params: WebhookPath,
    response: { 200: Webhook, ...problemResponses(400, 401, 403, 404, 503) },
  };
  app.get("/webhooks/:id", { schema, config }, async (request) => toWebhook(await findWebhook(backend, request)));
}

function addDelete(app: App, { backend }: Services): void {
  const schema = {
    operationId: "deleteWebhook",
    summary: "Delete a webhook",
    description:
      "Nothing is sent to it any more. Its deliveries can still be listed with `GET /v1/deliveries?webhook=`.",
    tags,
    params: WebhookPath,
    response: { 204: z.undefined().describe("It is deleted"), ...problemResponses(400, 401, 403, 404, 503) },
  };
  app.delete("/webhooks/:id", { schema, config }, async (request, reply) => {
    const { id } = request.params;
    if (!(await backend.webhooks.delete(request.identity.tenant, id))) throw unknownWebhook();
    return reply.code(204).send();
  });
}
