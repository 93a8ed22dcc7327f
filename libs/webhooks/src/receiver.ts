import type { InvocationStore, StoredDelivery, StoredSecret, Webhooks } from "@pifleet/invocation";

/** Who gets a message, as it stands now; or why nobody does. */
export type Receiver =
  | { readonly kind: "found"; readonly url: string; readonly secrets: readonly string[] }
  | { readonly kind: "gone"; readonly reason: string };

export interface ReceiverPorts {
  readonly store: Pick<InvocationStore, "read">;
  readonly webhooks: Pick<Webhooks, "get">;
}

/**
 * Finds the receiver of a delivery at the moment of the try: a webhook whose owner has corrected its URL or changed its
 * secret gets at its new URL, and signed with its new secret, also what had happened before.
 */
export async function receiverOf(
  { tenant, webhook: id, invocation, url }: StoredDelivery,
  { store, webhooks }: ReceiverPorts,
): Promise<Receiver> {
  if (id === null) {
    const submission = (await store.read(invocation))?.submission;
    if (!submission) return { kind: "gone", reason: "the record of the invocation, which has the secret, is gone" };
    const { secret } = submission.webhook ?? {};
    return { kind: "found", url, secrets: secret === undefined ? [] : [secret] };
  }
  const webhook = await webhooks.get(tenant, id);
  if (!webhook) return { kind: "gone", reason: "the webhook was deleted" };
  if (!webhook.enabled) return { kind: "gone", reason: "the webhook is disabled" };
  return { kind: "found", url: webhook.url, secrets: validSecrets(webhook.secrets, Date.now()) };
}

function validSecrets(secrets: readonly StoredSecret[], nowMs: number): string[] {
  return secrets
    .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > nowMs)
    .map(({ value }) => value);
}
