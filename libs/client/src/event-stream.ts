import { isTerminalEvent } from "@pifleet/invocation/terminal";
import { hasEnded } from "./ended.ts";
import { readMessages } from "./message-reader.ts";
import type { InvocationRecord, LoggedEvent } from "./received.ts";
import { pause, retrying } from "./retry.ts";
import { parseJson, type Transport } from "./transport.ts";

const RECONNECT_DELAY_MS = 250;
/** How often a cut stream knocks again; with the pauses half a minute, which a restart of the API fits into. */
const RECONNECT_RETRIES = 10;

export interface StreamOptions {
  /** The id of the last event that is known already; without it the stream begins with the first one. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called when the connection was lost before the end of the stream, which then goes on by itself. */
  readonly onReconnect?: (() => void) | undefined;
}

/**
 * The events of the invocation at `path`, in order, each once. When the connection is cut, it goes on behind the
 * last event. Ends after the terminal event; at once when `after` is the terminal event.
 */
export async function* streamEvents(
  transport: Transport,
  path: string,
  { after, signal, onReconnect }: StreamOptions = {},
): AsyncGenerator<LoggedEvent, void, undefined> {
  let lastId = after;
  let retries = transport.retries;
  for (let hadEnded = false; ; retries = RECONNECT_RETRIES) {
    let events = 0;
    for await (const event of connect(transport, retries, { path: `${path}/events`, lastId, signal })) {
      lastId = event.id;
      events += 1;
      yield event;
      if (isTerminalEvent(event)) return;
    }
    if (events === 0 && hadEnded) return;
    // Nothing came: the connection was cut early, or there is nothing behind `lastId` and never will be.
    hadEnded = events === 0 && hasEnded(await transport.json<InvocationRecord>({ path, signal }, RECONNECT_RETRIES));
    if (!hadEnded) onReconnect?.();
    await pause(RECONNECT_DELAY_MS, signal);
  }
}

interface Place {
  readonly path: string;
  readonly lastId: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The events of one connection; ends when it is cut. */
async function* connect(
  transport: Transport,
  retries: number,
  { path, lastId, signal }: Place,
): AsyncGenerator<LoggedEvent, void, undefined> {
  const connection = new AbortController();
  const request = { path, signal, headers: { accept: "text/event-stream", "last-event-id": lastId } };
  try {
    const response = await retrying(retries, signal, () => transport.openInTime(request, connection.signal));
    for await (const { id, data } of readMessages(response, signal)) {
      yield { ...parseJson<LoggedEvent>(data, response.url), ...(id !== undefined && { id }) };
    }
  } finally {
    connection.abort();
  }
}
