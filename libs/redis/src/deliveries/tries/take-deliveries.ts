import type { DeliveryId, StoredDelivery } from "@pifleet/invocation";
import type { Scripts } from "../../scripting/scripts.ts";
import { decodeDelivery, deliveryFieldsOf } from "../delivery.ts";

/** Takes up to `limit` deliveries that are due; nobody else gets them for `leaseMs`. */
export async function takeDeliveries(scripts: Scripts, limit: number, leaseMs: number): Promise<StoredDelivery[]> {
  const rows = (await scripts.runOnLedger("take-deliveries", [limit, leaseMs])) as [id: Buffer, flat: Buffer[]][];
  const taken = await Promise.all(
    rows.map(([id, flat]) => decodeDelivery(String(id) as DeliveryId, deliveryFieldsOf(flat))),
  );
  return taken.filter((delivery) => delivery !== null);
}
