import type { Carrier, InvocationId, QueueEntry } from "@pifleet/invocation";
import { number, text } from "../scripting/parameters.ts";
import { listOf, textOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

/** What a script has admitted; see `entriesOf`. */
export const ADMITTED = listOf(
  textOf("in turn"),
  "id, carrier (JSON), priority and need of a reserve (1 or 0) of each that was admitted, in a row",
);

const ADMIT = defineScript({
  name: "admit",
  keys: {
    unqueued: "sorted set of admitted ids whose entry is not known to be in the queue",
    admitted: "sorted set of the places, see places.lua",
    scheduled: "sorted set of the ids of those that wait for their time",
    turns: "sorted set of the tenants; score: their virtual time",
    virtualTime: "the virtual time of the fleet",
    workers: "hash from id to presence, see workers.lua",
  },
  args: {
    indexes: text("what the keys of the tenants' indexes begin with"),
    records: text("what the keys of the records begin with"),
    tenantPlaces: number("the most that a tenant may have; 0 is no limit"),
  },
  reply: ADMITTED,
});

/** Gives free places to those whose turn it is; `tenantRunning` is the most that a tenant may have. */
export async function admit(scripts: Scripts, tenantRunning: number | null): Promise<QueueEntry[]> {
  const { unqueued, admitted, scheduled, turns, virtualTime, workers } = scripts.keys;
  const keys = { unqueued, admitted, scheduled, turns, virtualTime, workers };
  const { indexPrefix, recordPrefix } = scripts.keys;
  const args = { indexes: indexPrefix, records: recordPrefix, tenantPlaces: tenantRunning ?? 0 };
  return entriesOf(await scripts.call(ADMIT, keys, args));
}

/** The entries that a script has admitted: id, carrier, priority and need of a reserve of each in a row. */
export function entriesOf(flat: readonly string[]): QueueEntry[] {
  const entries: QueueEntry[] = [];
  for (let i = 0; i + 3 < flat.length; i += 4) {
    const [id = "", carrier = "{}", priority, needsReserve] = flat.slice(i, i + 4);
    entries.push({
      id: id as InvocationId,
      carrier: JSON.parse(carrier) as Carrier,
      priority: Number(priority),
      delayMs: 0,
      mayNeedReserve: needsReserve === "1",
    });
  }
  return entries;
}
