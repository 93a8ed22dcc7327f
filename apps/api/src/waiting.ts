import { type ChangeFeed, type Invocation, type InvocationStore, isTerminal } from "@pifleet/invocation";

interface Waiter {
  readonly answer: (invocation: Invocation) => void;
  readonly fail: (error: unknown) => void;
}

interface WaitOptions {
  readonly timeoutMs: number;
  /** Aborted when nobody is there any more to hear the answer. */
  readonly abandoned: AbortSignal;
}

/**
 * Holds requests back until the invocation that they ask for has ended. However many wait for one invocation, it is
 * watched once and read once after each change; nothing is asked for on a timer.
 */
export class Waiting {
  readonly #store: InvocationStore;
  readonly #changes: ChangeFeed;
  readonly #watches = new Map<string, Watch>();
  #closed = false;

  constructor(store: InvocationStore, changes: ChangeFeed) {
    this.#store = store;
    this.#changes = changes;
  }

  /**
   * Resolves with the invocation when it has ended, or with the newest that is known of it when `timeoutMs` have
   * passed, when the client is gone, or when this process stops.
   * @throws {UnavailableError} when the database cannot be reached on the way.
   */
  async untilTerminal(invocation: Invocation, { timeoutMs, abandoned }: WaitOptions): Promise<Invocation> {
    if (this.#closed || abandoned.aborted || timeoutMs <= 0 || isTerminal(invocation.status)) return invocation;
    const watch = this.#watch(invocation);
    const { promise, resolve, reject } = Promise.withResolvers<Invocation>();
    const waiter: Waiter = { answer: resolve, fail: reject };
    const giveUp = () => resolve(watch.latest);
    const timeout = setTimeout(giveUp, timeoutMs);
    abandoned.addEventListener("abort", giveUp);
    watch.join(waiter);
    try {
      return await promise;
    } finally {
      clearTimeout(timeout);
      abandoned.removeEventListener("abort", giveUp);
      watch.leave(waiter);
    }
  }

  /** How many invocations somebody waits for now. */
  get size(): number {
    return this.#watches.size;
  }

  /** Answers everyone who waits with what is known, and lets nobody wait any more. Safe to call twice. */
  close(): void {
    this.#closed = true;
    for (const watch of this.#watches.values()) watch.dismiss();
  }

  #watch(invocation: Invocation): Watch {
    const { id } = invocation;
    const known = this.#watches.get(id);
    if (known) return known;
    const read = () => this.#store.get(invocation.tenant, id);
    const watch = new Watch(invocation, read, () => this.#watches.delete(id));
    this.#watches.set(id, watch);
    watch.begin((listener) => this.#changes.watch(id, listener));
    return watch;
  }
}

/** One invocation that somebody waits for. */
class Watch {
  readonly #read: () => Promise<Invocation | null>;
  readonly #ended: () => void;
  readonly #waiters = new Set<Waiter>();
  #unwatch: (() => void) | undefined;
  #over = false;
  #reading = false;
  #changed = false;
  latest: Invocation;

  constructor(invocation: Invocation, read: () => Promise<Invocation | null>, ended: () => void) {
    this.latest = invocation;
    this.#read = read;
    this.#ended = ended;
  }

  /** Starts to listen, then reads: the invocation may have ended before the listening began. */
  begin(listen: (listener: () => void) => Promise<() => void>): void {
    listen(() => void this.#refresh()).then(
      (unwatch) => {
        if (this.#over) return unwatch();
        this.#unwatch = unwatch;
        void this.#refresh();
      },
      (error) => this.#fail(error),
    );
  }

  join(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size === 0) this.#end();
  }

  /** Answers everyone with what is known, and ends the watch: who comes later needs a new one. */
  dismiss(): void {
    for (const waiter of this.#waiters) waiter.answer(this.latest);
    this.#end();
  }

  /** Reads once; a change that comes meanwhile makes it read once more. */
  async #refresh(): Promise<void> {
    this.#changed = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#changed && !this.#over) {
        this.#changed = false;
        this.latest = (await this.#read()) ?? this.latest;
        if (isTerminal(this.latest.status)) this.dismiss();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#reading = false;
    }
  }

  #fail(error: unknown): void {
    for (const waiter of this.#waiters) waiter.fail(error);
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#unwatch?.();
    this.#ended();
  }
}
