import { setTimeout } from "node:timers/promises";
import {
  type AttemptProgress,
  type Event,
  type EventLog,
  type InvocationId,
  type JournalEntry,
  type RunnerRecord,
  UnavailableError,
} from "@pifleet/invocation";
import { encodeEntry } from "@pifleet/tracing";
import { eventOf } from "./event-of.ts";
import type { RecordObserver } from "./record-observer.ts";

/** With more than this in memory, the runner's records wait: a log that is slow slows the reading down. */
const MAX_PENDING_CHARS = 1_000_000;
const RETRY_MS = 250;
/** Refusals in a row by a reachable log after which a write counts as refused for good. */
const MAX_REFUSALS = 5;
/** The journal of one attempt takes so many characters; what comes later is left out. */
const MAX_JOURNAL_CHARS = 8_000_000;

export interface LogRelayOptions {
  readonly log: EventLog;
  readonly id: InvocationId;
  readonly attempt: number;
  /** What the attempt has done with all that was observed. */
  readonly progress: () => AttemptProgress;
  /** Aborted when the claim is lost: nothing more is written. */
  readonly lost: AbortSignal;
  /** Called when the log refuses the attempt: a newer one has taken over. */
  readonly onStale: () => void;
  /** Called once when the log refuses something for good; nothing more is written then. */
  readonly onRefused: (error: unknown) => void;
  /** Called when the log could not be written; it will be tried again. */
  readonly onFault: (error: unknown) => void;
}

/** Events that wait to be written. */
interface Pending {
  readonly events: Event[];
  readonly journal: string[];
}

/**
 * Writes what the runner reports into the invocation's event log, and what happens to the attempt's spans into their
 * journal. One append is under way at a time, and what comes meanwhile goes with the next one, so a fast run makes
 * large appends and a slow one prompt ones.
 */
export class LogRelay implements RecordObserver {
  readonly #options: LogRelayOptions;
  #pending: Pending = { events: [], journal: [] };
  #pendingChars = 0;
  #journalChars = 0;
  #isClosed = false;
  #refusals = 0;
  #appending: Promise<void> | undefined;

  constructor(options: LogRelayOptions) {
    this.#options = options;
  }

  observe(record: RunnerRecord): void {
    const event = eventOf(record, this.#options.attempt);
    if (!event || this.#isOver) return;
    this.#pending.events.push(event);
    this.#add(charsOf(event));
  }

  /** Takes an entry of the journal. */
  note(entry: JournalEntry): void {
    if (this.#isOver || this.#journalChars > MAX_JOURNAL_CHARS) return;
    const text = encodeEntry(entry);
    this.#journalChars += text.length;
    this.#pending.journal.push(text);
    this.#add(text.length);
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    if (this.#pendingChars > MAX_PENDING_CHARS) await this.flush();
  }

  /** Resolves when all that was observed is in the log, or was refused. */
  async flush(): Promise<void> {
    while (this.#appending) await this.#appending;
  }

  /** Takes nothing more, and flushes. What follows is written with the settlement. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#options.lost.aborted;
  }

  #add(chars: number): void {
    this.#pendingChars += chars;
    this.#appending ??= this.#append();
  }

  /** Never rejects: what the log cannot take now is offered again until the claim is lost. */
  async #append(): Promise<void> {
    // Events of the same moment are written together.
    await Promise.resolve();
    while (this.#pending.events.length + this.#pending.journal.length > 0 && !this.#options.lost.aborted) {
      const pending = this.#pending;
      this.#pending = { events: [], journal: [] };
      this.#pendingChars = 0;
      await this.#offer(pending);
    }
    this.#appending = undefined;
  }

  /** Whether what was offered is given up, and all that comes after it. */
  #isRefused(error: unknown): boolean {
    if (!(error instanceof UnavailableError)) this.#refusals += 1;
    if (this.#refusals < MAX_REFUSALS) return false;
    this.#isClosed = true;
    this.#options.onRefused(error);
    return true;
  }

  async #offer({ events, journal }: Pending): Promise<void> {
    const { log, id, attempt, progress, onStale, onFault } = this.#options;
    const done = events.length > 0 ? progress() : undefined;
    try {
      if ((await log.append(id, attempt, events, journal, done)) === "stale") onStale();
      this.#refusals = 0;
    } catch (error) {
      onFault(error);
      if (this.#isRefused(error)) return;
      const later = this.#pending;
      this.#pending = { events: [...events, ...later.events], journal: [...journal, ...later.journal] };
      await setTimeout(RETRY_MS);
    }
  }
}

/** About how long an event is. */
function charsOf(event: Event): number {
  if ("text" in event) return event.text.length;
  if (event.type === "log") return event.message.length;
  return event.type === "tool.started" ? (JSON.stringify(event.arguments)?.length ?? 0) : 0;
}
