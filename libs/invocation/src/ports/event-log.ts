import type { Event, EventId, LoggedEvent } from "../event.ts";
import type { InvocationId } from "../id.ts";
import type { AttemptProgress } from "../usage.ts";
import type { Fenced } from "./store.ts";

export interface EventPage {
  /** Oldest first. A `gap` stands first when entries after `after` were trimmed. */
  readonly events: LoggedEvent[];
  /** Whether there is more behind the last one now. */
  readonly more: boolean;
}

/** A log keeps at least this many of its newest events, unless they are too long; older ones may be trimmed. */
export const KEPT_EVENTS = 10_000;

/** A log keeps no more than this of its newest events, bytes of JSON. */
export const MAX_LOG_BYTES = 16_777_216;

/** A page ends with the event that makes it as long as this, bytes of JSON: what is held of a log stays small. */
export const FULL_PAGE_BYTES = 1_048_576;

/** The journal of one attempt takes this many entries; what comes later is left out. */
export const MAX_JOURNAL_ENTRIES = 50_000;

/** The same in bytes. */
export const MAX_JOURNAL_BYTES = 16_777_216;

/** The port to the event logs, one per invocation. */
export interface EventLog {
  /**
   * Appends events of an attempt, and entries to the journal of its spans, in order, behind the fence.
   * @param journal as `encodeEntry` of `@pifleet/tracing` makes them; a journal that is full takes no more
   * @param progress what the attempt has done up to and with these events. The record shows it, and keeps it when the
   *   attempt is lost
   */
  append(
    id: InvocationId,
    attempt: number,
    events: readonly Event[],
    journal?: readonly string[],
    progress?: AttemptProgress,
  ): Promise<Fenced>;
  /**
   * Reads up to `limit` (1 to 1,000) events behind `after`; without it from the first. Fewer, but one, when they are
   * long: see `FULL_PAGE_BYTES`.
   */
  read(id: InvocationId, options: { after?: EventId; limit: number }): Promise<EventPage>;
}

/** The port through which processes hear that something has changed, without asking again and again. */
export interface ChangeFeed {
  /**
   * Calls `listener` soon after every change of the invocation's record or log, and whenever changes may have been
   * missed. Resolves when the listening has begun; call the returned function to stop it.
   */
  watch(id: InvocationId, listener: () => void): Promise<() => void>;
  /** Calls `listener` with the id of every running invocation that something is asked of, such as cancel. */
  watchRequests(listener: (id: InvocationId) => void): Promise<() => void>;
  close(): Promise<void>;
}
