import type { DeliveryId, StoredDelivery } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeDelivery, deliveryFieldsOf } from "./delivery.ts";

/** Makes a delivery of a tenant pending and due at once; null when there is no such one. */
export async function redeliver(scripts: Scripts, tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
  const flat = (await scripts.runOnLedger("redeliver", [tenant, id])) as Buffer[];
  return decodeDelivery(id, deliveryFieldsOf(flat));
}
