import type { StoredWebhook } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Writes a new webhook, unless its tenant has `most` already. */
export async function createWebhook(
  scripts: Scripts,
  webhook: StoredWebhook,
  most: number,
): Promise<"created" | "too_many"> {
  const args = [webhook.id, JSON.stringify(webhook), most];
  return (await scripts.run("create-webhook", [scripts.keys.webhooks(webhook.tenant)], args)) as "created" | "too_many";
}
