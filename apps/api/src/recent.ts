interface RecentOptions {
  /** For how long a value is remembered, milliseconds. */
  readonly ageMs: number;
  /** Of more values than this the oldest are forgotten. */
  readonly capacity: number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly since: number;
}

/** Remembers values for a while, and no more than so many of them. The caller brings the time, milliseconds. */
export class Recent<Key, Value> {
  readonly #options: RecentOptions;
  /** The oldest first. */
  readonly #entries = new Map<Key, Entry<Value>>();

  constructor(options: RecentOptions) {
    this.#options = options;
  }

  get(key: Key, now: number): Value | undefined {
    const entry = this.#entries.get(key);
    return entry && this.#isFresh(entry, now) ? entry.value : undefined;
  }

  /** @param since when the value was true */
  set(key: Key, value: Value, since: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, since });
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#options.capacity && this.#isFresh(entry, since)) return;
      this.#entries.delete(oldest);
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  #isFresh({ since }: Entry<Value>, now: number): boolean {
    return now - since < this.#options.ageMs;
  }
}
