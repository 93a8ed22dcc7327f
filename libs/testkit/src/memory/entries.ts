import type { InvocationId, QueueDepth, QueueEntry } from "@pifleet/invocation";

/** Names one claim; two are the same only if they are the same object. */
export interface ClaimToken {
  readonly worker: string;
}

/** An entry, and where it is: waiting, delayed, or claimed under a token. */
export interface KeptEntry {
  readonly entry: QueueEntry;
  state: { kind: "waiting" } | { kind: "delayed"; timer: NodeJS.Timeout } | { kind: "claimed"; token: ClaimToken };
  /** Entries of one priority are claimed in this order; those with a negative one come before all others. */
  order: number;
}

/** The entries of a queue, as its consumers share them. */
export class Entries {
  isPaused = false;
  /** Called when an entry may have begun to wait. */
  readonly #onWaiting: () => void;
  readonly #kept = new Map<InvocationId, KeptEntry>();
  #added = 0;
  #recovered = 0;

  constructor(onWaiting: () => void) {
    this.#onWaiting = onWaiting;
  }

  add(entry: QueueEntry): void {
    if (this.#kept.has(entry.id)) return;
    const kept: KeptEntry = { entry, state: { kind: "waiting" }, order: 0 };
    this.#kept.set(entry.id, kept);
    this.putBack(kept, entry.delayMs);
  }

  find(id: InvocationId): KeptEntry | undefined {
    return this.#kept.get(id);
  }

  /** The next entry that waits and is none of `busy`, claimed under `token` from now on. */
  take(token: ClaimToken, busy: ReadonlySet<InvocationId>): KeptEntry | undefined {
    if (this.isPaused) return undefined;
    const [next] = [...this.#kept.values()]
      .filter(({ state, entry }) => state.kind === "waiting" && !busy.has(entry.id))
      .sort((a, b) => headStart(b) - headStart(a) || b.entry.priority - a.entry.priority || a.order - b.order);
    if (next) next.state = { kind: "claimed", token };
    return next;
  }

  isHeld({ state }: KeptEntry, token: ClaimToken): boolean {
    return state.kind === "claimed" && state.token === token;
  }

  drop(kept: KeptEntry): void {
    if (kept.state.kind === "delayed") clearTimeout(kept.state.timer);
    this.#kept.delete(kept.entry.id);
  }

  dropAll(): void {
    for (const kept of this.#kept.values()) this.drop(kept);
  }

  putBack(kept: KeptEntry, delayMs: number): void {
    const wait = () => {
      this.#added += 1;
      this.#wait(kept, this.#added);
    };
    if (delayMs <= 0) wait();
    else kept.state = { kind: "delayed", timer: setTimeout(wait, delayMs) };
  }

  /** Puts the entry of a lost claim before all that wait. */
  recover(kept: KeptEntry): void {
    this.#recovered += 1;
    this.#wait(kept, this.#recovered - Number.MAX_SAFE_INTEGER);
  }

  claimedBy(worker: string): KeptEntry[] {
    return [...this.#kept.values()].filter(({ state }) => state.kind === "claimed" && state.token.worker === worker);
  }

  depth(): QueueDepth {
    const kinds = [...this.#kept.values()].map(({ state }) => state.kind);
    const count = (kind: KeptEntry["state"]["kind"]) => kinds.filter((other) => other === kind).length;
    return { waiting: count("waiting"), delayed: count("delayed"), claimed: count("claimed"), paused: this.isPaused };
  }

  #wait(kept: KeptEntry, order: number): void {
    kept.state = { kind: "waiting" };
    kept.order = order;
    this.#onWaiting();
  }
}

function headStart({ order }: KeptEntry): number {
  return order < 0 ? 1 : 0;
}
