import {
  type AttemptProgress,
  addUsage,
  type Event,
  type EventId,
  type Invocation,
  type InvocationId,
  type LoggedEvent,
  type Span,
  traceExportOf,
} from "@pifleet/invocation";
import type { MemoryChangeFeed } from "./change-feed.ts";

/** Everything that is kept of one invocation. */
export interface KeptInvocation {
  invocation: Invocation;
  readonly events: LoggedEvent[];
  readonly spans: Span[];
  /** The journals of attempts that have not ended, or were lost. */
  readonly journals: Map<number, string[]>;
  /** The attempts that were lost, and whose spans are not written yet. */
  readonly lost: Set<number>;
  /** What the attempt that runs has done so far. */
  progress: AttemptProgress | null;
  /** The id of the last event that was dropped. */
  trimmed: EventId | null;
  /** Where it is on its way to a worker: it waits for its turn, for its time, has a place, or none of it. */
  place:
    | { readonly kind: "none" }
    | { readonly kind: "waiting"; readonly since: number }
    | { readonly kind: "scheduled"; readonly dueAt: number }
    | { readonly kind: "admitted"; readonly at: number };
  /** Whether the entry of an admitted one is known to be in the queue. */
  isQueued: boolean;
  /** Whether the next attempt begins paused. */
  pausesAgain: boolean;
  /** The newest attempt that was made by a worker that ran nothing else; 0 for none. */
  apart: number;
  /** The attempts whose workers live although they have lost their claims. */
  readonly vouched: Set<number>;
  /** When its retention runs out, Unix ms; null until it ends. */
  expiresAt: number | null;
}

/** All invocations, as the store, the event log and the span log share them. */
export class KeptInvocations {
  readonly changes: MemoryChangeFeed;
  readonly #now: () => number;
  readonly #kept = new Map<InvocationId, KeptInvocation>();
  #events = 0;

  constructor(now: () => number, changes: MemoryChangeFeed) {
    this.#now = now;
    this.changes = changes;
  }

  now(): number {
    return this.#now();
  }

  timestamp(): string {
    return new Date(this.#now()).toISOString();
  }

  add(invocation: Invocation): KeptInvocation {
    const state = { progress: null, trimmed: null, isQueued: false, pausesAgain: false, apart: 0, expiresAt: null };
    const place = { kind: "none" } as const;
    const kept: KeptInvocation = {
      invocation,
      events: [],
      spans: [],
      journals: new Map(),
      lost: new Set(),
      vouched: new Set(),
      place,
      ...state,
    };
    this.#kept.set(invocation.id, kept);
    return kept;
  }

  find(id: InvocationId): KeptInvocation | undefined {
    const kept = this.#kept.get(id);
    return kept && !this.#isExpired(kept) ? kept : undefined;
  }

  all(): KeptInvocation[] {
    return [...this.#kept.values()].filter((kept) => !this.#isExpired(kept));
  }

  /** Drops what its retention has run out for; returns how many. */
  expire(): number {
    const expired = [...this.#kept.values()].filter((kept) => this.#isExpired(kept));
    for (const { invocation } of expired) this.#kept.delete(invocation.id);
    return expired.length;
  }

  log(kept: KeptInvocation, event: Event): void {
    this.#events += 1;
    kept.events.push({ ...event, id: `${this.#now()}-${this.#events}` });
  }

  /** The invocation as it is now, a copy. */
  copy({ invocation, progress }: KeptInvocation): Invocation {
    const usage = progress ? addUsage(invocation.usage, progress.usage) : invocation.usage;
    const messageCount = progress?.messages ?? invocation.messageCount;
    const { traceId } = invocation.trace;
    const trace = { traceId, export: traceExportOf(invocation.exports, invocation.attempt) };
    return structuredClone({ ...invocation, usage, messageCount, trace });
  }

  #isExpired({ expiresAt }: KeptInvocation): boolean {
    return expiresAt !== null && expiresAt <= this.#now();
  }
}
