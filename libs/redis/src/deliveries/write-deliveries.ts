import type { Ended, StoredDelivery } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeDelivery } from "./delivery.ts";

/** Writes the deliveries of an ended invocation, in exchange for its row of the outbox. */
export async function writeDeliveries(
  scripts: Scripts,
  ended: Ended,
  deliveries: readonly StoredDelivery[],
): Promise<void> {
  const encoded = await Promise.all(deliveries.map(encodeDelivery));
  await scripts.runOnLedger("write-deliveries", [ended, ...encoded.flat()], [scripts.keys.outbox]);
}
