import type { EventId } from "@pifleet/invocation";
import { decodeText, encodeText } from "../scripting/text-encoding.ts";
import type { EventEntry } from "./read-events.ts";

/** An event with its place in the log. */
export interface LoggedJson {
  readonly id: EventId;
  readonly json: string;
}

/** A block ends with the event that makes it as long as this; it is what has to be decoded to read one of its events. */
const BLOCK_CHARS = 65_536;

/** Events as they stand in a stream. */
export function eventsOf(entries: readonly EventEntry[]): LoggedJson[] {
  return entries.map(([id, [, json]]) => ({ id: id.toString(), json: json.toString() }));
}

/**
 * Events as blocks. In front of each, for the scripts, stand the id of its last event and how many it holds, and a line
 * break; each event is a line: JSON has no line breaks of its own. `event.lua` makes blocks of one event
 * by itself.
 */
export async function encodeBlocks(events: readonly LoggedJson[]): Promise<Buffer[]> {
  return Promise.all(
    cut(events).map(async (block) => {
      const head = Buffer.from(`${block.at(-1)?.id} ${block.length}\n`);
      return Buffer.concat([head, await encodeText(block.map(({ id, json }) => `${id} ${json}`).join("\n"))]);
    }),
  );
}

/** The events of a block. @throws {RangeError} for a form that is not known here. */
export async function decodeBlock(block: Buffer): Promise<LoggedJson[]> {
  const text = await decodeText(block.subarray(block.indexOf("\n") + 1));
  return text.split("\n").map((line) => {
    const end = line.indexOf(" ");
    return { id: line.slice(0, end), json: line.slice(end + 1) };
  });
}

function cut(events: readonly LoggedJson[]): LoggedJson[][] {
  const blocks: LoggedJson[][] = [];
  let chars = BLOCK_CHARS;
  for (const event of events) {
    if (chars >= BLOCK_CHARS) {
      blocks.push([]);
      chars = 0;
    }
    blocks.at(-1)?.push(event);
    chars += event.json.length;
  }
  return blocks;
}
