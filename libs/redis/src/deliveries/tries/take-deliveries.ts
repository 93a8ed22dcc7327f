import type { DeliveryId, StoredDelivery } from "@pifleet/invocation";
import { number, numeral } from "../../scripting/parameters.ts";
import { bytes, listOf, textOf, tuple } from "../../scripting/replies.ts";
import { defineScript } from "../../scripting/script.ts";
import type { Scripts } from "../../scripting/scripts.ts";
import { decodeDelivery, deliveryFieldsOf } from "../delivery.ts";

const TAKE_DELIVERIES = defineScript({
  name: "take-deliveries",
  base: "ledger",
  keys: {},
  args: {
    limit: numeral("how many at most"),
    lease: number("milliseconds of the lease"),
  },
  reply: listOf(tuple(textOf<DeliveryId>("id"), listOf(bytes("fields and their values")))),
});

/** Takes up to `limit` deliveries that are due; nobody else gets them for `leaseMs`. */
export async function takeDeliveries(scripts: Scripts, limit: number, leaseMs: number): Promise<StoredDelivery[]> {
  const rows = await scripts.callOnLedger(TAKE_DELIVERIES, {}, { limit, lease: leaseMs });
  const taken = await Promise.all(rows.map(([id, flat]) => decodeDelivery(id, deliveryFieldsOf(flat))));
  return taken.filter((delivery) => delivery !== null);
}
