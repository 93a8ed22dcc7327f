import type { Identity } from "./authentication.ts";
import { ProblemError } from "./problem-error.ts";

/** A request that may stay open for long: an event stream or a long-poll. */
export const OPEN_KINDS = ["stream", "wait"] as const;
export type OpenKind = (typeof OPEN_KINDS)[number];

/** How many of each kind may be open at once in this process. */
export interface OpenLimits {
  /** Of one key. */
  readonly perKey: number;
  /** Of all keys. */
  readonly all: number;
}

const RETRY_AFTER_SECONDS = "5";
const NAMES: Readonly<Record<OpenKind, string>> = { stream: "event streams", wait: "held-back answers" };
/** Requests with the bootstrap key, and without authentication. */
const WITHOUT_KEY = "";

/** Counts the requests that are held open, so that one key cannot take all the connections and memory of this process. */
export class OpenRequests {
  readonly #limits: OpenLimits;
  readonly #open: Readonly<Record<OpenKind, Map<string, number>>> = { stream: new Map(), wait: new Map() };
  readonly #all: Record<OpenKind, number> = { stream: 0, wait: 0 };

  constructor(limits: OpenLimits) {
    this.#limits = limits;
  }

  /** How many are open. */
  count(kind: OpenKind): number {
    return this.#all[kind];
  }

  /**
   * Counts a request as open; call what it returns, once or more, when it is not any more.
   * @throws {ProblemError} 429 when there are too many
   */
  enter(kind: OpenKind, identity: Identity): () => void {
    const release = this.tryEnter(kind, identity);
    if (release) return release;
    const { perKey, all } = this.#limits;
    const isKeys = this.#of(kind, identity) >= perKey;
    const detail = isKeys
      ? `This key has ${perKey} ${NAMES[kind]} open, and may not have more; end some, or ask again later`
      : `This API has ${all} ${NAMES[kind]} open, and may not have more; ask again later`;
    throw new ProblemError(429, "too_many_open", detail, { headers: { "retry-after": RETRY_AFTER_SECONDS } });
  }

  /** The same; `null` when there are too many. */
  tryEnter(kind: OpenKind, identity: Identity): (() => void) | null {
    if (this.#of(kind, identity) >= this.#limits.perKey || this.#all[kind] >= this.#limits.all) return null;
    this.#add(kind, identity, 1);
    let isOpen = true;
    return () => {
      if (isOpen) this.#add(kind, identity, -1);
      isOpen = false;
    };
  }

  #of(kind: OpenKind, { key = WITHOUT_KEY }: Identity): number {
    return this.#open[kind].get(key) ?? 0;
  }

  #add(kind: OpenKind, identity: Identity, by: number): void {
    const { key = WITHOUT_KEY } = identity;
    const count = this.#of(kind, identity) + by;
    if (count === 0) this.#open[kind].delete(key);
    else this.#open[kind].set(key, count);
    this.#all[kind] += by;
  }
}
