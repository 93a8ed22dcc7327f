import { type EventId, FULL_PAGE_BYTES, type InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** An entry of a stream, as Redis answers it. */
export type EventEntry = [id: Buffer, fields: [name: Buffer, json: Buffer]];

export interface EventsReply {
  /** The id of the last entry that was dropped; empty if none. */
  readonly trimmed: EventId | "";
  readonly entries: readonly EventEntry[];
  /** In place of entries; the first and the last may hold events that were not asked for. */
  readonly blocks: readonly Buffer[];
  /** Whether there is more behind the last one. */
  readonly more: boolean;
}

/** Up to `count` events behind `after`; fewer when they fill a page. */
export async function readEvents(
  scripts: Scripts,
  id: InvocationId,
  after: EventId,
  count: number,
): Promise<EventsReply> {
  const { keys } = scripts;
  const places = [keys.record(id), keys.events(id)];
  const reply = await scripts.runForBuffers("read-events", places, [after, count, FULL_PAGE_BYTES]);
  const [trimmed, entries, blocks, more] = reply as [Buffer, EventEntry[], Buffer[], number];
  return { trimmed: trimmed.toString(), entries, blocks, more: more === 1 };
}
