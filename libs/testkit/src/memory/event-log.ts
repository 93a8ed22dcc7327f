import {
  type AttemptProgress,
  type Event,
  type EventId,
  type EventLog,
  type EventPage,
  type Fenced,
  FULL_PAGE_BYTES,
  type InvocationId,
  KEPT_EVENTS,
  type LoggedEvent,
  MAX_JOURNAL_ENTRIES,
} from "@pifleet/invocation";
import { isCurrent } from "./fence.ts";
import type { KeptInvocation, KeptInvocations } from "./kept-invocation.ts";

/** The event logs, in memory. */
export class MemoryEventLog implements EventLog {
  readonly #all: KeptInvocations;

  constructor(all: KeptInvocations) {
    this.#all = all;
  }

  async append(
    id: InvocationId,
    attempt: number,
    events: readonly Event[],
    journal: readonly string[] = [],
    progress?: AttemptProgress,
  ): Promise<Fenced> {
    const kept = this.#all.find(id);
    if (!isCurrent(kept, attempt)) return "stale";
    for (const event of structuredClone(events)) this.#all.log(kept, event);
    if (progress) kept.progress = structuredClone(progress);
    trim(kept);
    if (events.length > 0) this.#all.changes.announce(id);
    keepJournal(kept, attempt, journal);
    return "accepted";
  }

  async read(id: InvocationId, { after = "0-0", limit }: { after?: EventId; limit: number }): Promise<EventPage> {
    const { events: all = [], trimmed = null } = this.#all.find(id) ?? {};
    const behind = all.filter((event) => isBefore(after, event.id));
    const events = structuredClone(firstPage(behind.slice(0, limit)));
    const more = behind.length > events.length;
    if (trimmed && isBefore(after, trimmed)) events.unshift(gap(after, trimmed, events[0]));
    return { events, more };
  }
}

/** Ends with the event that makes the page full. */
function firstPage(events: readonly LoggedEvent[]): LoggedEvent[] {
  let bytes = 0;
  const full = events.findIndex((event) => {
    bytes += Buffer.byteLength(JSON.stringify(event));
    return bytes >= FULL_PAGE_BYTES;
  });
  return full < 0 ? [...events] : events.slice(0, full + 1);
}

function trim(kept: KeptInvocation): void {
  const surplus = kept.events.length - KEPT_EVENTS;
  if (surplus > 0) kept.trimmed = kept.events.splice(0, surplus).at(-1)?.id ?? kept.trimmed;
}

function keepJournal(kept: KeptInvocation, attempt: number, entries: readonly string[]): void {
  if (entries.length === 0) return;
  const journal = kept.journals.get(attempt) ?? [];
  for (const entry of entries) if (journal.length < MAX_JOURNAL_ENTRIES) journal.push(entry);
  kept.journals.set(attempt, journal);
}

function gap(from: EventId, to: EventId, next: LoggedEvent | undefined): LoggedEvent {
  const at = new Date(parts(to)[0]).toISOString();
  return { type: "gap", at, attempt: next?.attempt ?? 0, from, to, id: to };
}

function isBefore(a: EventId, b: EventId): boolean {
  const [aMs, aSequence] = parts(a);
  const [bMs, bSequence] = parts(b);
  return aMs === bMs ? aSequence < bSequence : aMs < bMs;
}

function parts(id: EventId): [ms: number, sequence: number] {
  const [ms = 0, sequence = 0] = id.split("-").map(Number);
  return [ms, sequence];
}
