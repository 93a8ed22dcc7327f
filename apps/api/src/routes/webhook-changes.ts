import { type StoredWebhook, toWebhook, Webhook, WebhookSecret } from "@pifleet/invocation";
import * as z from "zod";
import { checkAddress } from "../address-refusal.ts";
import type { App, Services } from "../app.ts";
import { problemResponses } from "../problems.ts";
import { newWebhookSecret, rotatedSecrets } from "../webhook-secret.ts";
import { findWebhook, unknownWebhook, WebhookPath } from "./webhook-path.ts";
import { CHOSEN, ShownSecret } from "./webhooks.ts";

const WebhookChanges = z
  .strictObject({
    url: CHOSEN.url.optional(),
    events: CHOSEN.events.optional(),
    description: CHOSEN.description.optional(),
    enabled: z.boolean().optional().describe("Enabling a webhook clears its disabledReason"),
    secret: WebhookSecret.optional().describe("The new secret; the old one is good for 24 hours more"),
    rotateSecret: z.boolean().optional().describe("Lets a new secret be made; the old one is good for 24 hours more"),
  })
  .refine(({ secret, rotateSecret }) => secret === undefined || rotateSecret !== true, {
    path: ["rotateSecret"],
    error: "does not go with a secret: name one or let one be made",
  })
  .meta({ id: "WebhookChanges" });

const UpdatedWebhook = z
  .object({ ...Webhook.shape, secret: ShownSecret.optional() })
  .meta({ id: "UpdatedWebhook", description: "With the new secret when it was changed" });

/** Adds `PATCH /webhooks/{id}`. */
export function webhookChangeRoutes(app: App, { backend, addressGuard }: Services): void {
  const schema = {
    operationId: "updateWebhook",
    summary: "Change a webhook, or its secret",
    description:
      "What is not named stays as it is. A changed secret is answered this once, and messages are signed with the old " +
      "one, too, for 24 hours. A webhook that was disabled because its receiver is gone is enabled here.",
    tags: ["webhooks"],
    params: WebhookPath,
    body: WebhookChanges,
    response: { 200: UpdatedWebhook, ...problemResponses(400, 401, 403, 404, 413, 415, 503) },
  };
  app.patch("/webhooks/:id", { schema, config: { scope: "webhooks" } }, async (request) => {
    const { secret: given, rotateSecret, ...fields } = request.body;
    if (fields.url !== undefined) checkAddress(fields.url, "/url", addressGuard);
    const webhook = await findWebhook(backend, request);
    const secret = rotateSecret ? newWebhookSecret() : given;
    const changes = changesOf(webhook, fields, secret);
    const updated = await backend.webhooks.update(webhook.tenant, webhook.id, changes);
    if (!updated) throw unknownWebhook();
    return { ...toWebhook(updated), ...(secret !== undefined && { secret }) };
  });
}

function changesOf(
  { secrets }: StoredWebhook,
  fields: Partial<StoredWebhook>,
  secret: string | undefined,
): Partial<StoredWebhook> {
  const now = new Date();
  return {
    ...fields,
    ...(fields.enabled !== undefined && { disabledReason: null }),
    ...(secret !== undefined && { secrets: rotatedSecrets(secrets, secret, now.getTime()) }),
    updatedAt: now.toISOString(),
  };
}
