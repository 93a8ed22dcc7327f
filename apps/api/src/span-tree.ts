import type { Backend, Invocation, InvocationSummary, Span } from "@pifleet/invocation";
import { decodeEntry, parentFirst, spansFromJournal } from "@pifleet/tracing";

/**
 * All that is known by now of an invocation's spans, every parent before its children: those that are finished, and
 * out of their journals those of an attempt that runs, which are marked as open, and of one that was lost.
 */
export async function spanTree({ spans }: Pick<Backend, "spans">, invocation: InvocationSummary): Promise<Span[]> {
  const { id, attempts } = invocation;
  const finished = await spans.read(id);
  const missing = attempts.filter(({ number }) => !isAmong(finished, number));
  if (missing.length === 0) return parentFirst(finished);
  const journals = await Promise.all(missing.map(async ({ number }) => spans.journal(id, number)));
  const unfinished = missing.flatMap((attempt, i) => unfinishedSpans(attempt, journals[i] ?? []));
  // An attempt that has ended meanwhile has its spans in place of its journal.
  const now = await spans.read(id);
  return parentFirst([...now, ...unfinished.filter(({ attempt }) => !isAmong(now, attempt))]);
}

function unfinishedSpans({ endedAt }: Invocation["attempts"][number], journal: readonly string[]): Span[] {
  const entries = journal.flatMap((text) => decodeEntry(text) ?? []);
  return spansFromJournal(entries, endedAt === null ? { openAtMs: Date.now() } : { lostAtMs: Date.parse(endedAt) });
}

function isAmong(spans: readonly Span[], attempt: number): boolean {
  return spans.some((span) => span.attempt === attempt);
}
