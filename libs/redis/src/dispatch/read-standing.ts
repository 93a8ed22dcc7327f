import type { Standing } from "@pifleet/invocation";
import { number, text } from "../scripting/parameters.ts";
import { integer, listOf, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const READ_STANDING = defineScript({
  name: "read-standing",
  keys: {
    admitted: "sorted set of the places, see places.lua",
    scheduled: "sorted set of the ids of those that wait for their time",
    turns: "sorted set of the tenants; score: their virtual time",
  },
  args: {
    indexes: text("what the keys of the tenants' indexes begin with"),
    limit: number("how many tenants are listed at most"),
  },
  reply: tuple(
    integer("waiting"),
    integer("scheduled"),
    integer("admitted"),
    integer("how many tenants wait"),
    listOf(tuple(textOf("tenant"), integer("waiting"), integer("places"))),
    integer("how long the oldest has waited, milliseconds"),
  ),
});

const LISTED_TENANTS = 100;

/** Who waits for a place, and who has one. */
export async function readStanding(scripts: Scripts): Promise<Standing> {
  const { admitted, scheduled, turns, indexPrefix } = scripts.keys;
  const args = { indexes: indexPrefix, limit: LISTED_TENANTS };
  const reply = await scripts.call(READ_STANDING, { admitted, scheduled, turns }, args);
  const [waiting, scheduledCount, admittedCount, waitingTenants, rows, oldestMs] = reply;
  const tenants = rows.map(([tenant, own, places]) => ({ tenant, waiting: own, admitted: places }));
  return { waiting, scheduled: scheduledCount, admitted: admittedCount, waitingTenants, oldestMs, tenants };
}
