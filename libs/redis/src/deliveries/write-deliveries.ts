import type { Ended, StoredDelivery } from "@pifleet/invocation";
import { text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeDelivery } from "./delivery.ts";

const WRITE_DELIVERIES = defineScript({
  name: "write-deliveries",
  base: "ledger",
  keys: {
    outbox: "sorted set of the ids of ended invocations",
  },
  args: {
    ended: text("id of the invocation"),
  },
  moreArgs: "of each delivery: id, place, what never changes (JSON), body (encoded)",
  reply: nothing,
});

/** Writes the deliveries of an ended invocation, in exchange for its row of the outbox. */
export async function writeDeliveries(
  scripts: Scripts,
  ended: Ended,
  deliveries: readonly StoredDelivery[],
): Promise<void> {
  const rows = await Promise.all(deliveries.map(encodeDelivery));
  await scripts.callOnLedger(WRITE_DELIVERIES, { outbox: scripts.keys.outbox }, { ended }, { args: rows.flat() });
}
