import { type EventId, FULL_PAGE_BYTES, type InvocationId } from "@pifleet/invocation";
import { number, text } from "../scripting/parameters.ts";
import { bytes, listOf, textOf, tuple, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

/** An entry of a stream, as Redis answers it. */
export const ENTRY = tuple(bytes("id"), tuple(bytes("name of the field"), bytes("event, JSON")));
export type EventEntry = ReturnType<typeof ENTRY.parse>;

const READ_EVENTS = defineScript({
  name: "read-events",
  keys: {
    record: "hash",
    events: "stream; of an invocation that has ended it may be a list of blocks, see event-block.ts",
  },
  args: {
    after: text("id behind which to begin"),
    count: number("how many at most"),
    enough: number("with how many bytes it is enough"),
  },
  reply: tuple(
    textOf<EventId | "">("id of the last event that was dropped, or empty"),
    listOf(ENTRY),
    listOf(bytes("block")),
    yesOrNo("there is more"),
  ),
});

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
  const log = { record: keys.record(id), events: keys.events(id) };
  const args = { after, count, enough: FULL_PAGE_BYTES };
  const [trimmed, entries, blocks, more] = await scripts.call(READ_EVENTS, log, args);
  return { trimmed, entries, blocks, more };
}
