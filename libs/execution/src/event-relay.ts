import { setTimeout } from "node:timers/promises";
import type { Event, EventLog, InvocationId, RunnerRecord } from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

/** With more than this in memory, the runner's records wait: a log that is slow slows the reading down. */
const MAX_PENDING_CHARS = 1_000_000;
const RETRY_MS = 250;

export interface EventRelayOptions {
  readonly log: EventLog;
  readonly id: InvocationId;
  readonly attempt: number;
  /** Aborted when the claim is lost: nothing more is written. */
  readonly lost: AbortSignal;
  /** Called when the log refuses the attempt: a newer one has taken over. */
  readonly onStale: () => void;
  /** Called when the log could not be written; it will be tried again. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Writes what the runner reports into the invocation's event log. One append is under way at a time, and what comes
 * meanwhile goes with the next one, so a fast run makes large appends and a slow one prompt ones.
 */
export class EventRelay implements RecordObserver {
  readonly #log: EventLog;
  readonly #id: InvocationId;
  readonly #attempt: number;
  readonly #lost: AbortSignal;
  readonly #onStale: () => void;
  readonly #onFault: (error: unknown) => void;
  #pending: Event[] = [];
  #pendingChars = 0;
  #appending: Promise<void> | undefined;

  constructor(options: EventRelayOptions) {
    this.#log = options.log;
    this.#id = options.id;
    this.#attempt = options.attempt;
    this.#lost = options.lost;
    this.#onStale = options.onStale;
    this.#onFault = options.onFault;
  }

  observe(record: RunnerRecord): void {
    const event = eventOf(record, this.#attempt);
    if (!event || this.#lost.aborted) return;
    this.#pending.push(event);
    this.#pendingChars += "text" in event ? event.text.length : 0;
    this.#appending ??= this.#append();
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    if (this.#pendingChars > MAX_PENDING_CHARS) await this.flush();
  }

  /** Resolves when all that was observed is in the log, or was refused. */
  async flush(): Promise<void> {
    while (this.#appending) await this.#appending;
  }

  /** Never rejects: what the log cannot take now is offered again until the claim is lost. */
  async #append(): Promise<void> {
    while (this.#pending.length > 0 && !this.#lost.aborted) {
      const events = this.#pending;
      this.#pending = [];
      this.#pendingChars = 0;
      await this.#offer(events);
    }
    this.#appending = undefined;
  }

  async #offer(events: Event[]): Promise<void> {
    try {
      const fenced = await this.#log.append(this.#id, this.#attempt, events);
      if (fenced === "stale") this.#onStale();
    } catch (error) {
      this.#onFault(error);
      this.#pending = [...events, ...this.#pending];
      await setTimeout(RETRY_MS);
    }
  }
}

/** The event that a record makes, if it makes one. */
function eventOf(record: RunnerRecord, attempt: number): Event | undefined {
  const at = new Date(record.at).toISOString();
  switch (record.type) {
    case "turn.started":
    case "message.delta":
    case "message.completed":
    case "tool.started":
    case "tool.output":
    case "tool.ended":
    case "log":
      return { ...record, at, attempt };
    case "retry.scheduled":
      return { ...record, at, attempt, scope: "request" };
    case "compaction":
      return { type: "log", at, attempt, level: "info", message: `The conversation was compacted: ${record.reason}` };
    default:
      return undefined;
  }
}
