import type { Carrier, InvocationId, QueueEntry } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Gives free places to those whose turn it is; `tenantRunning` is the most that a tenant may have. */
export async function admit(scripts: Scripts, tenantRunning: number | null): Promise<QueueEntry[]> {
  const { unqueued, admitted, scheduled, turns, virtualTime, workers } = scripts.keys;
  const keys = [unqueued, admitted, scheduled, turns, virtualTime, workers];
  const { indexPrefix, recordPrefix } = scripts.keys;
  return entriesOf((await scripts.run("admit", keys, [indexPrefix, recordPrefix, tenantRunning ?? 0])) as string[]);
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
