import type { EventId, InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** An entry of a stream, as Redis answers it. */
export type EventEntry = [id: Buffer, fields: [name: Buffer, json: Buffer]];

export interface EventsReply {
  /** The id of the last entry that was dropped; empty if none. */
  readonly trimmed: EventId | "";
  readonly entries: readonly EventEntry[];
  /** In place of entries; the first and the last may hold events that were not asked for. */
  readonly blocks: readonly Buffer[];
}

/** Up to `count` events behind `after`. */
export async function readEvents(
  scripts: Scripts,
  id: InvocationId,
  after: EventId,
  count: number,
): Promise<EventsReply> {
  const { keys } = scripts;
  const reply = await scripts.runForBuffers("read-events", [keys.record(id), keys.events(id)], [after, count]);
  const [trimmed, entries, blocks] = reply as [Buffer, EventEntry[], Buffer[]];
  return { trimmed: trimmed.toString(), entries, blocks };
}
