import type { DeliveryId, StoredDelivery } from "@pifleet/invocation";
import { text } from "../scripting/parameters.ts";
import { bytes, listOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeDelivery, deliveryFieldsOf } from "./delivery.ts";

const REDELIVER = defineScript({
  name: "redeliver",
  base: "ledger",
  keys: {},
  args: {
    tenant: text("tenant"),
    id: text("id"),
  },
  reply: listOf(bytes("fields and their values; none when there is no such delivery")),
});

/** Makes a delivery of a tenant pending and due at once; null when there is no such one. */
export async function redeliver(scripts: Scripts, tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
  const flat = await scripts.callOnLedger(REDELIVER, {}, { tenant, id });
  return decodeDelivery(id, deliveryFieldsOf(flat));
}
