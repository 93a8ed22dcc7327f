import type { EventId, InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

export type EventEntry = [id: EventId, fields: [name: string, json: string]];

/** Up to `count` entries behind `after`, and the id of the last one that was dropped (empty if none). */
export async function readEvents(
  scripts: Scripts,
  id: InvocationId,
  after: EventId,
  count: number,
): Promise<{ trimmed: EventId | ""; entries: EventEntry[] }> {
  const { keys } = scripts;
  const reply = await scripts.run("read-events", [keys.record(id), keys.events(id)], [after, count]);
  const [trimmed, entries] = reply as [EventId | "", EventEntry[]];
  return { trimmed, entries };
}
