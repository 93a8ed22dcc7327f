import type { JournalEntry, Span } from "@pifleet/invocation";
import { OPEN } from "./attributes.ts";
import { parentFirst } from "./parent-first.ts";
import { type ClosingError, SpanBook } from "./span-book.ts";

/** More entries than any attempt writes; the rest of a longer journal is left out. */
const MAX_ENTRIES = 200_000;

/** How an attempt ended that could not end by itself. */
export interface LostAttempt {
  /** When it was lost, Unix milliseconds: what was open ends then. */
  readonly lostAtMs: number;
  /** Default: `worker_lost`. */
  readonly error?: ClosingError;
}

const WORKER_LOST: ClosingError = { code: "worker_lost", message: "The worker was lost" };

/** An attempt that still runs. */
export interface RunningAttempt {
  /** When it is looked at, Unix milliseconds: what is open is shown as far as then. */
  readonly openAtMs: number;
}

/**
 * The spans of an attempt out of its journal, with the ids that they had, every parent before its children. What was
 * open when the attempt was lost is closed, leaf first, as cut short by the error; what is open while the attempt runs
 * is marked as open and has no status. Entries may be missing at the end, stand there twice or in another order; one
 * about a span whose start is missing is passed over.
 */
export function spansFromJournal(entries: readonly JournalEntry[], state: LostAttempt | RunningAttempt): Span[] {
  const book = new SpanBook();
  const taken = entries.slice(0, MAX_ENTRIES);
  const isStart = (entry: JournalEntry) => entry.kind === "start";
  // What is said of a span can only be taken once it has started.
  for (const entry of taken) if (isStart(entry)) book.apply(entry);
  for (const entry of taken) if (!isStart(entry)) book.apply(entry);
  for (const entry of closingOf(book, state)) book.apply(entry);
  return parentFirst(book.spans());
}

function closingOf(book: SpanBook, state: LostAttempt | RunningAttempt): JournalEntry[] {
  if ("lostAtMs" in state) return book.closing(state.lostAtMs, state.error ?? WORKER_LOST);
  return book.closing(state.openAtMs).map((entry) => ({ ...entry, attributes: OPEN }));
}
