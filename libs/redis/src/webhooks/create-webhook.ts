import type { StoredWebhook } from "@pifleet/invocation";
import { json, number, text } from "../scripting/parameters.ts";
import { oneOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const CREATE_WEBHOOK = defineScript({
  name: "create-webhook",
  keys: {
    webhooks: "hash from id to webhook",
  },
  args: {
    id: text("id"),
    webhook: json("JSON"),
    most: number("how many a tenant may have"),
  },
  reply: oneOf("created", "too_many"),
});

/** Writes a new webhook, unless its tenant has `most` already. */
export async function createWebhook(
  scripts: Scripts,
  webhook: StoredWebhook,
  most: number,
): Promise<"created" | "too_many"> {
  const webhooks = scripts.keys.webhooks(webhook.tenant);
  return scripts.call(CREATE_WEBHOOK, { webhooks }, { id: webhook.id, webhook, most });
}
