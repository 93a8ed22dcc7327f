import {
  type AttemptProgress,
  type Event,
  type EventId,
  type EventLog,
  type EventPage,
  type Fenced,
  FULL_PAGE_BYTES,
  type InvocationId,
  type LoggedEvent,
} from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import { appendEvents } from "./append-events.ts";
import { decodeBlock, eventsOf, type LoggedJson } from "./event-block.ts";
import { readEvents } from "./read-events.ts";

const BEFORE_ALL = "0-0";

/**
 * The event logs in Redis: one stream per invocation, whose entry ids are the event ids. After its end it becomes a list
 * of blocks; see `compaction.ts`.
 */
export class RedisEventLog implements EventLog {
  readonly #scripts: Scripts;
  readonly #bulkScripts: Scripts;

  /** @param bulkScripts for what is read: it may be long */
  constructor(scripts: Scripts, bulkScripts: Scripts) {
    this.#scripts = scripts;
    this.#bulkScripts = bulkScripts;
  }

  append(
    id: InvocationId,
    attempt: number,
    events: readonly Event[],
    journal: readonly string[] = [],
    progress?: AttemptProgress,
  ): Promise<Fenced> {
    return appendEvents(this.#scripts, id, attempt, { events, journal, progress });
  }

  async read(id: InvocationId, { after = BEFORE_ALL, limit }: { after?: EventId; limit: number }): Promise<EventPage> {
    const { trimmed, entries, blocks, more } = await readEvents(this.#bulkScripts, id, after, limit);
    const folded = await unfold(blocks, after, limit);
    const found = [...folded.events, ...eventsOf(entries)];
    const events = found.slice(0, limit).map(decode);
    if (trimmed && isBefore(after, trimmed)) events.unshift(gap(after, trimmed, events[0]));
    return { events, more: more || folded.more || found.length > limit };
  }
}

/** The events of blocks behind `after`; a short block may hold many bytes. */
async function unfold(
  blocks: readonly Buffer[],
  after: EventId,
  limit: number,
): Promise<{ readonly events: LoggedJson[]; readonly more: boolean }> {
  const events: LoggedJson[] = [];
  let bytes = 0;
  for (const block of blocks) {
    if (events.length >= limit || bytes >= FULL_PAGE_BYTES) return { events, more: true };
    const behind = (await decodeBlock(block)).filter((event) => isBefore(after, event.id));
    events.push(...behind);
    bytes += behind.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
  }
  return { events, more: false };
}

function decode({ id, json }: LoggedJson): LoggedEvent {
  return { ...(JSON.parse(json) as Event), id };
}

/** Its id is that of the last event that is missing, so a client that goes on from it gets what follows. */
function gap(from: EventId, to: EventId, next: LoggedEvent | undefined): LoggedEvent {
  const [ms] = parts(to);
  const at = new Date(Number(ms)).toISOString();
  return { type: "gap", at, attempt: next?.attempt ?? 0, from, to, id: to };
}

function isBefore(a: EventId, b: EventId): boolean {
  const [aMs, aSequence] = parts(a);
  const [bMs, bSequence] = parts(b);
  return aMs === bMs ? aSequence < bSequence : aMs < bMs;
}

function parts(id: EventId): [ms: bigint, sequence: bigint] {
  const [ms = "0", sequence = "0"] = id.split("-");
  return [BigInt(ms), BigInt(sequence)];
}
