import type { DeliveryId } from "@pifleet/invocation";
import { number, text } from "../../scripting/parameters.ts";
import { nothing } from "../../scripting/replies.ts";
import { defineScript } from "../../scripting/script.ts";
import type { Scripts } from "../../scripting/scripts.ts";

const POSTPONE_DELIVERY = defineScript({
  name: "postpone-delivery",
  base: "ledger",
  keys: {},
  args: {
    id: text("id"),
    delay: number("milliseconds until it is due"),
  },
  reply: nothing,
});

/** Puts a pending delivery off. */
export async function postponeDelivery(scripts: Scripts, id: DeliveryId, delayMs: number): Promise<void> {
  await scripts.callOnLedger(POSTPONE_DELIVERY, {}, { id, delay: delayMs });
}
