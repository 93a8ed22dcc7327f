import { type AfterTry, type DeliveryId, type DeliveryTry, KEPT_TRIES } from "@pifleet/invocation";
import type { Scripts } from "../../scripting/scripts.ts";

/** Records a try of a delivery and what follows. */
export async function recordTry(scripts: Scripts, id: DeliveryId, made: DeliveryTry, after: AfterTry): Promise<void> {
  const delayMs = after.kind === "again" ? after.delayMs : 0;
  await scripts.runOnLedger("record-try", [id, JSON.stringify(made), after.kind, delayMs, KEPT_TRIES]);
}
