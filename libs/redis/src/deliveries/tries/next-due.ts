import { integer, orNull } from "../../scripting/replies.ts";
import { defineScript } from "../../scripting/script.ts";
import type { Scripts } from "../../scripting/scripts.ts";

const NEXT_DUE = defineScript({
  name: "next-due",
  keys: {
    due: "sorted sets; score: when a member is due",
    outbox: "outbox",
  },
  args: {},
  reply: orNull(integer("milliseconds from now, 0 when it is due already")),
});

/** Milliseconds until the next delivery or row of the outbox is due; null when there is none. */
export async function nextDue(scripts: Scripts): Promise<number | null> {
  const { dueDeliveries, outbox } = scripts.keys;
  return scripts.call(NEXT_DUE, { due: dueDeliveries, outbox }, {});
}
