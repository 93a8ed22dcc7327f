import type { Status } from "@pifleet/invocation";
import { text } from "../scripting/parameters.ts";
import { integer, listOf, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const RECOUNT = defineScript({
  name: "recount",
  keys: {
    set: "the set that holds these ids",
    open: "sorted set of the ids of all that have not ended",
    admitted: "sorted set of the places, see places.lua",
    turns: "sorted set of the tenants; score: their virtual time",
    virtualTime: "the virtual time of the fleet",
  },
  args: {
    indexes: text("what the keys of the tenants' indexes begin with"),
    records: text("what the keys of the records begin with"),
    wanted: text("the status of those that belong in the set; empty for all that have not ended"),
  },
  moreArgs: "ids",
  reply: tuple(integer("how many members were put right"), listOf(textOf("tenant of each that belongs"))),
});

/** One script looks at so many at most: while it runs nobody else is served. */
const AT_ONCE = 50;

/** Result of a recount of some members. */
export interface Recounted {
  readonly mended: number;
  /** Whose the invocations are. */
  readonly tenants: readonly string[];
}

/**
 * Puts right where the invocations with these ids are counted.
 * @param set the key of the sorted set that holds them
 * @param status that of those that belong in it; null when it is of all that have not ended
 */
export async function recount(
  scripts: Scripts,
  set: string,
  status: Status | null,
  ids: readonly string[],
): Promise<Recounted> {
  const { open, admitted, turns, virtualTime, indexPrefix, recordPrefix } = scripts.keys;
  let mended = 0;
  const tenants = new Set<string>();
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const wanted = { indexes: indexPrefix, records: recordPrefix, wanted: status ?? "" };
    const keys = { set, open, admitted, turns, virtualTime };
    const [count, owners] = await scripts.call(RECOUNT, keys, wanted, { args: ids.slice(i, i + AT_ONCE) });
    mended += count;
    for (const owner of owners) tenants.add(owner);
  }
  return { mended, tenants: [...tenants] };
}
