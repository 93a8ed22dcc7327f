import type { DeliveryLedger, Ended, InvocationStore, StoredWebhook, Webhooks } from "@pifleet/invocation";
import { deliveriesOf } from "./deliveries.ts";

const TAKEN_AT_ONCE = 50;
/** Longer than it takes to make deliveries of the rows that were taken. */
const LEASE_MS = 5_000;

export interface OutboxPorts {
  readonly store: Pick<InvocationStore, "read">;
  readonly webhooks: Pick<Webhooks, "list">;
  readonly deliveries: Pick<DeliveryLedger, "takeEnded" | "write">;
  readonly onFault: (error: unknown) => void;
}

/**
 * Makes deliveries of rows of the outbox, and writes them in exchange for the rows. Whoever dies here leaves the rows
 * to the next one; what two make of one row is written once.
 * @returns how many rows it took
 */
export async function emptyOutbox(ports: OutboxPorts): Promise<number> {
  const rows = await ports.deliveries.takeEnded(TAKEN_AT_ONCE, LEASE_MS);
  const lists = new Map<string, Promise<StoredWebhook[]>>();
  const listed = (tenant: string) => {
    const list = lists.get(tenant) ?? ports.webhooks.list(tenant);
    lists.set(tenant, list);
    return list;
  };
  await Promise.all(rows.map((row) => exchange(row, ports, listed).catch(ports.onFault)));
  return rows.length;
}

/** An invocation whose retention is over has nobody to tell anything any more. */
async function exchange(
  row: Ended,
  { store, deliveries }: OutboxPorts,
  listed: (tenant: string) => Promise<StoredWebhook[]>,
): Promise<void> {
  const invocation = await store.read(row);
  await deliveries.write(row, invocation ? deliveriesOf(invocation, await listed(invocation.tenant)) : []);
}
