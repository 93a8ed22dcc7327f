import {
  type AttemptProgress,
  type Event,
  type Fenced,
  type InvocationId,
  KEPT_EVENTS,
  MAX_JOURNAL_BYTES,
  MAX_JOURNAL_ENTRIES,
  MAX_LOG_BYTES,
} from "@pifleet/invocation";
import { number, numeral, text } from "../scripting/parameters.ts";
import { oneOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const APPEND_EVENTS = defineScript({
  name: "append-events",
  base: "invocation",
  keys: {
    journal: "list: the journal of the attempt",
  },
  args: {
    attempt: numeral("the number of the attempt"),
    writer: text("who calls, see repeated.lua"),
    call: numeral("the number of the call among those of the writer"),
    kept: number("how many events are kept at least, unless they are too long"),
    mostBytes: number("how many bytes of events are kept at most"),
    longest: number("how many entries a journal takes"),
    mostOfJournal: number("how many bytes a journal takes"),
    progress: text("what the attempt has done with these events, JSON; empty when it is not told"),
    count: number("how many events follow"),
  },
  moreArgs: "events, JSON; then the entries",
  reply: oneOf("accepted", "stale"),
});

interface Appended {
  readonly events: readonly Event[];
  readonly journal: readonly string[];
  readonly progress: AttemptProgress | undefined;
}

/** Appends events of an attempt, and entries to the journal of its spans, behind the fence. */
export async function appendEvents(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  { events, journal, progress }: Appended,
): Promise<Fenced> {
  const [writer, call] = scripts.nextCall();
  const told = {
    attempt,
    writer,
    call,
    kept: KEPT_EVENTS,
    mostBytes: MAX_LOG_BYTES,
    longest: MAX_JOURNAL_ENTRIES,
    mostOfJournal: MAX_JOURNAL_BYTES,
    progress: progress ? JSON.stringify(progress) : "",
    count: events.length,
  };
  const args = [...events.map((event) => JSON.stringify(event)), ...journal];
  return scripts.callOn(id, APPEND_EVENTS, { journal: scripts.keys.journal(id, attempt) }, told, { args });
}
