import {
  type AttemptExport,
  type InvocationId,
  isTerminal,
  type NextTry,
  type OwedSpans,
  type SpoolSize,
  type TraceSpool,
} from "@pifleet/invocation";
import type { KeptInvocation, KeptInvocations } from "./kept-invocation.ts";

interface Owed extends OwedSpans {
  readonly kind: "spool" | "quarantine";
  /** Unix ms. */
  readonly dueAt: number;
}

/** The spool, in memory. */
export class MemoryTraceSpool implements TraceSpool {
  readonly #all: KeptInvocations;
  readonly #owed = new Map<string, Owed>();

  constructor(all: KeptInvocations) {
    this.#all = all;
  }

  /** From `delayMs` on, whoever asks gets the spans of this attempt. */
  owe(id: InvocationId, attempt: number, delayMs: number): void {
    this.#put({ id, attempt, kind: "spool", dueAt: this.#all.now() + delayMs });
  }

  async take(limit: number, leaseMs: number): Promise<OwedSpans[]> {
    const now = this.#all.now();
    const due = [...this.#owed.values()].filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    const taken = due.slice(0, limit);
    for (const owed of taken) this.#put({ ...owed, dueAt: now + leaseMs });
    return taken.map(({ id, attempt }) => ({ id, attempt }));
  }

  async record({ id, attempt }: OwedSpans, result: AttemptExport, next: NextTry): Promise<void> {
    this.#owed.delete(nameOf(id, attempt));
    const kept = this.#all.find(id);
    if (!kept) return;
    if (next.kind !== "never") this.#put({ id, attempt, kind: next.kind, dueAt: this.#all.now() + next.delayMs });
    const exports = { ...kept.invocation.exports, [attempt]: structuredClone(result) };
    kept.invocation = { ...kept.invocation, exports };
    this.dropCredentials(kept);
    this.#all.changes.announce(id);
  }

  async size(): Promise<SpoolSize> {
    const kinds = [...this.#owed.values()].map(({ kind }) => kind);
    const quarantined = kinds.filter((kind) => kind === "quarantine").length;
    return { spooled: kinds.length - quarantined, quarantined };
  }

  /** The credentials of the invocation's own collector are kept no longer than something may be sent there. */
  dropCredentials(kept: KeptInvocation): void {
    const { submission, status, id } = kept.invocation;
    const isOwed = [...this.#owed.values()].some((owed) => owed.id === id);
    if (!submission.trace?.headers || !isTerminal(status) || isOwed) return;
    const { headers, ...trace } = submission.trace;
    kept.invocation = { ...kept.invocation, submission: { ...submission, trace } };
  }

  #put(owed: Owed): void {
    this.#owed.set(nameOf(owed.id, owed.attempt), owed);
  }
}

function nameOf(id: InvocationId, attempt: number): string {
  return `${id}|${attempt}`;
}
