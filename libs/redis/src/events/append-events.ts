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
import type { Scripts } from "../scripting/scripts.ts";

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
  const bounds = [KEPT_EVENTS, MAX_LOG_BYTES, MAX_JOURNAL_ENTRIES, MAX_JOURNAL_BYTES];
  const entries = [events.length, ...events.map((event) => JSON.stringify(event)), ...journal];
  const args = [attempt, ...scripts.nextCall(), ...bounds, progress ? JSON.stringify(progress) : "", ...entries];
  return (await scripts.runOn(id, "append-events", args, [scripts.keys.journal(id, attempt)])) as Fenced;
}
