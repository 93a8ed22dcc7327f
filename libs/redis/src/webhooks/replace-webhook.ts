import type { StoredWebhook } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Replaces a webhook that was read as `was`; resolves to `false` when it is another one by now, or gone. */
export async function replaceWebhook(scripts: Scripts, was: string, webhook: StoredWebhook): Promise<boolean> {
  const args = [webhook.id, was, JSON.stringify(webhook)];
  return (await scripts.run("replace-webhook", [scripts.keys.webhooks(webhook.tenant)], args)) === 1;
}
