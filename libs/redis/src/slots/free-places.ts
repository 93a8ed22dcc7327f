import { text } from "../scripting/parameters.ts";
import { integer } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const FREE_PLACES = defineScript({
  name: "free-places",
  keys: {
    admitted: "sorted set of the places, see places.lua",
  },
  args: {
    records: text("what the keys of the records begin with"),
  },
  reply: integer("how many"),
});

/** Frees the places of invocations that are gone or have ended; returns how many. */
export async function freePlaces(scripts: Scripts): Promise<number> {
  return scripts.call(FREE_PLACES, { admitted: scripts.keys.admitted }, { records: scripts.keys.recordPrefix });
}
