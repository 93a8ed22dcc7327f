import {
  type ChangeFeed,
  type EventId,
  type EventLog,
  type InvocationId,
  isTerminalEvent,
  type LoggedEvent,
  UnavailableError,
} from "@pifleet/invocation";
import { Change } from "./change.ts";

/** A stream holds this many events at most, fewer when they are long; so much memory a slow reader costs. */
const PAGE = 64;
/** How soon a log that could not be read is looked at again, milliseconds. */
const RETRY_MS = 1_000;
/** How soon a client that lost its stream comes back, milliseconds. */
const RECONNECT_MS = 1_000;
const CUT_OFF = ": you were cut off because you read too slowly; go on with Last-Event-ID\n\n";

interface EventStreamOptions {
  readonly id: InvocationId;
  /** Only the events behind this one. */
  readonly after?: EventId;
  /** Whether the invocation has ended by now: then nothing can follow what is in the log. */
  readonly hasEnded: () => Promise<boolean>;
  /** Between two comments that keep an idle connection open, milliseconds. */
  readonly heartbeatMs: number;
  /** Ends the stream: the client is gone, or this process stops. */
  readonly signal: AbortSignal;
  /** Ends the stream with a word to the client, which takes too little. */
  readonly stalled: AbortSignal;
}

/**
 * The events of an invocation as the text of a `text/event-stream`, from the log and then live, up to its terminal
 * event. It reads on only as fast as it is consumed. While the database is away it waits.
 */
export async function* eventStream(
  log: EventLog,
  changes: ChangeFeed,
  { id, after, hasEnded, heartbeatMs, signal, stalled }: EventStreamOptions,
): AsyncGenerator<string> {
  const change = new Change();
  const wake = () => change.notify();
  const unwatch = await changes.watch(id, wake);
  signal.addEventListener("abort", wake);
  let cursor = after;
  /** Known to have ended before the log is read. */
  let ended = false;
  try {
    yield `retry: ${RECONNECT_MS}\n\n`;
    while (!signal.aborted) {
      if (stalled.aborted) return yield CUT_OFF;
      const page = await unlessAway(log.read(id, { after: cursor, limit: PAGE }));
      if (page && page.events.length > 0) yield page.events.map(frame).join("");
      if (page?.events.some(isTerminalEvent) || (page && ended && !page.more)) return;
      cursor = page?.events.at(-1)?.id ?? cursor;
      if (page?.more || (await change.next(page ? heartbeatMs : Math.min(heartbeatMs, RETRY_MS))) === "changed")
        continue;
      yield ": heartbeat\n\n";
      // Who came with an id that is ahead of the log is never shown its last event.
      if (cursor === after) ended = (await unlessAway(hasEnded())) ?? false;
    }
  } finally {
    signal.removeEventListener("abort", wake);
    unwatch();
  }
}

/** `null` while the database is away; the feed tells when it is back. */
async function unlessAway<Found>(asked: Promise<Found>): Promise<Found | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UnavailableError) return null;
    throw error;
  }
}

/** One event in the format of https://html.spec.whatwg.org/multipage/server-sent-events.html. */
function frame(event: LoggedEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
