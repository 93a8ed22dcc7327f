import type { StoredWebhook } from "@pifleet/invocation";
import { json, text } from "../scripting/parameters.ts";
import { yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const REPLACE_WEBHOOK = defineScript({
  name: "replace-webhook",
  keys: {
    webhooks: "hash from id to webhook",
  },
  args: {
    id: text("id"),
    was: text("webhook as it was read, JSON"),
    replacement: json("webhook as it is to be, JSON"),
  },
  reply: yesOrNo("it was replaced"),
});

/** Replaces a webhook that was read as `was`; resolves to `false` when it is another one by now, or gone. */
export async function replaceWebhook(scripts: Scripts, was: string, webhook: StoredWebhook): Promise<boolean> {
  const webhooks = scripts.keys.webhooks(webhook.tenant);
  return scripts.call(REPLACE_WEBHOOK, { webhooks }, { id: webhook.id, was, replacement: webhook });
}
