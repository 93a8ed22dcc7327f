import type { JournalEntry, Span } from "@pifleet/invocation";
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

/**
 * The finished spans of an attempt out of its journal, with the ids that they had, every parent before its children.
 * What was open is closed, leaf first, as cut short by the error. Entries may be missing at the end, stand there
 * twice or in another order; one about a span whose start is missing is passed over.
 */
export function spansFromJournal(entries: readonly JournalEntry[], { lostAtMs, error }: LostAttempt): Span[] {
  const book = new SpanBook();
  const taken = entries.slice(0, MAX_ENTRIES);
  const isStart = (entry: JournalEntry) => entry.kind === "start";
  // What is said of a span can only be taken once it has started.
  for (const entry of taken) if (isStart(entry)) book.apply(entry);
  for (const entry of taken) if (!isStart(entry)) book.apply(entry);
  for (const entry of book.closing(lostAtMs, error ?? WORKER_LOST)) book.apply(entry);
  return parentFirst(book.spans());
}
