import type { DeliveryId } from "@pifleet/invocation";
import type { Scripts } from "../../scripting/scripts.ts";

/** Puts a pending delivery off. */
export async function postponeDelivery(scripts: Scripts, id: DeliveryId, delayMs: number): Promise<void> {
  await scripts.runOnLedger("postpone-delivery", [id, delayMs]);
}
