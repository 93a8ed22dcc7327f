import { numeral } from "../scripting/parameters.ts";
import { integer } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const EXPIRE_DELIVERIES = defineScript({
  name: "expire-deliveries",
  base: "ledger",
  keys: {},
  args: {
    limit: numeral("how many at most"),
  },
  reply: integer("how many"),
});

/** Takes up to `limit` deliveries whose retention has run out off their indexes; returns how many. */
export async function expireDeliveries(scripts: Scripts, limit: number): Promise<number> {
  return scripts.callOnLedger(EXPIRE_DELIVERIES, {}, { limit });
}
