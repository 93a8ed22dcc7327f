import type { Backend, InvocationId, StoredDelivery } from "@pifleet/invocation";
import { sampleDelivery } from "../samples/delivery.ts";
import { sampleInvocation } from "../samples/invocation.ts";

export const DELIVERED = { kind: "delivered" } as const;
export const DEAD = { kind: "dead" } as const;

/** Records an invocation of tenant `acme` that has a webhook of its own. */
export async function submitWithWebhook(backend: Backend): Promise<InvocationId> {
  const invocation = sampleInvocation({ webhook: { url: "https://receiver.example/own" } }, { tenant: "acme" });
  await backend.store.create(invocation);
  return invocation.id;
}

/** Ends an invocation, so that it has a row in the outbox. */
export async function endWithWebhook(backend: Backend): Promise<InvocationId> {
  const id = await submitWithWebhook(backend);
  await backend.store.cancel("acme", id);
  return id;
}

/** Writes one delivery of tenant `acme`. */
export async function writeDelivery(
  backend: Backend,
  different: Partial<StoredDelivery> = {},
): Promise<StoredDelivery> {
  const delivery = sampleDelivery({ tenant: "acme", ...different });
  await backend.deliveries.write(await endWithWebhook(backend), [delivery]);
  return delivery;
}
