import { type AfterTry, type DeliveryId, type DeliveryTry, KEPT_TRIES } from "@pifleet/invocation";
import { json, number, text } from "../../scripting/parameters.ts";
import { nothing } from "../../scripting/replies.ts";
import { defineScript } from "../../scripting/script.ts";
import type { Scripts } from "../../scripting/scripts.ts";

const RECORD_TRY = defineScript({
  name: "record-try",
  base: "ledger",
  keys: {},
  args: {
    id: text("id"),
    made: json("the try, JSON"),
    after: text("what follows: delivered | dead | again"),
    delay: number("milliseconds until the next try; read when again"),
    kept: number("how many tries are kept"),
  },
  reply: nothing,
});

/** Records a try of a delivery and what follows. */
export async function recordTry(scripts: Scripts, id: DeliveryId, made: DeliveryTry, after: AfterTry): Promise<void> {
  const delay = after.kind === "again" ? after.delayMs : 0;
  await scripts.callOnLedger(RECORD_TRY, {}, { id, made, after: after.kind, delay, kept: KEPT_TRIES });
}
