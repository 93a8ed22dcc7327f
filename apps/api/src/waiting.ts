import {
  type ChangeFeed,
  type Invocation,
  type InvocationId,
  type InvocationStore,
  isTerminal,
  type Status,
} from "@pifleet/invocation";

interface Waiter {
  readonly answer: (hasEnded: boolean) => void;
  readonly fail: (error: unknown) => void;
}

interface WaitOptions {
  readonly timeoutMs: number;
  /** Aborted when nobody is there any more to hear the answer. */
  readonly abandoned: AbortSignal;
}

type Awaited = Pick<Invocation, "tenant" | "id" | "status">;

/**
 * Holds requests back until the invocation that they ask for has ended. However many wait for one invocation, it is
 * watched once, and of each change only the status is read: a record may be large. Nothing is asked for on a timer.
 */
export class Waiting {
  readonly #store: Pick<InvocationStore, "status" | "get">;
  readonly #changes: ChangeFeed;
  readonly #watches = new Map<InvocationId, Watch>();
  readonly #reads = new Map<string, Promise<Invocation | null>>();
  #closed = false;

  constructor(store: Pick<InvocationStore, "status" | "get">, changes: ChangeFeed) {
    this.#store = store;
    this.#changes = changes;
  }

  /**
   * Resolves with the invocation when it has ended, or as it is when `timeoutMs` have passed, when the client is gone, or
   * when this process stops; with `null` when it is there no more.
   * @throws {UnavailableError} when the database cannot be reached on the way.
   */
  async untilTerminal(invocation: Awaited, options: WaitOptions): Promise<Invocation | null> {
    const { tenant, id } = invocation;
    return (await this.#hasEnded(invocation, options)) ? this.#readEnded(tenant, id) : this.#store.get(tenant, id);
  }

  /** Whether it has ended when the wait is over. */
  async #hasEnded(invocation: Awaited, { timeoutMs, abandoned }: WaitOptions): Promise<boolean> {
    if (isTerminal(invocation.status)) return true;
    if (this.#closed || abandoned.aborted || timeoutMs <= 0) return false;
    const watch = this.#watch(invocation);
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { answer: resolve, fail: reject };
    const giveUp = () => resolve(false);
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

  /** Those who have waited for an end together read it once. */
  #readEnded(tenant: string, id: InvocationId): Promise<Invocation | null> {
    const key = `${tenant}/${id}`;
    const reading = this.#reads.get(key) ?? this.#store.get(tenant, id).finally(() => this.#reads.delete(key));
    this.#reads.set(key, reading);
    return reading;
  }

  /** How many invocations somebody waits for now. */
  get size(): number {
    return this.#watches.size;
  }

  /** Answers everyone who waits, and lets nobody wait any more. Safe to call twice. */
  close(): void {
    this.#closed = true;
    for (const watch of this.#watches.values()) watch.dismiss(false);
  }

  #watch({ tenant, id }: Awaited): Watch {
    const known = this.#watches.get(id);
    if (known) return known;
    const read = () => this.#store.status(tenant, id);
    const watch = new Watch(read, () => this.#watches.delete(id));
    this.#watches.set(id, watch);
    watch.begin((listener) => this.#changes.watch(id, listener));
    return watch;
  }
}

/** One invocation that somebody waits for. */
class Watch {
  readonly #read: () => Promise<Status | null>;
  readonly #ended: () => void;
  readonly #waiters = new Set<Waiter>();
  #unwatch: (() => void) | undefined;
  #over = false;
  #reading = false;
  #changed = false;

  constructor(read: () => Promise<Status | null>, ended: () => void) {
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

  /** Answers everyone, and ends the watch: who comes later needs a new one. */
  dismiss(hasEnded: boolean): void {
    for (const waiter of this.#waiters) waiter.answer(hasEnded);
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
        const status = await this.#read();
        // One that is gone has ended before.
        if (status === null || isTerminal(status)) this.dismiss(true);
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
