/** Calls `listener` whenever reserves may be needed that were not before, until the returned function is called. */
export type WatchReserves = (listener: () => void) => Promise<() => void>;

/** Listens for calls to a consumer's reserve, from the first time that the consumer is full. */
export class ReserveCalls {
  readonly #watch: WatchReserves;
  readonly #onCall: () => void;
  readonly #onFault: (error: Error) => void;
  #unwatching: Promise<() => void> | undefined;
  #closed = false;

  constructor(watch: WatchReserves, onCall: () => void, onFault: (error: Error) => void) {
    this.#watch = watch;
    this.#onCall = onCall;
    this.#onFault = onFault;
  }

  /** Begins to listen, unless it does. Then it calls once by itself: a call may have come before. */
  begin(): void {
    if (this.#unwatching || this.#closed) return;
    this.#unwatching = this.#watch(this.#onCall);
    this.#unwatching.then(this.#onCall, (error: Error) => {
      this.#unwatching = undefined;
      if (!this.#closed) this.#onFault(error);
    });
  }

  /** No calls any more. Safe to call twice, and before `begin`. */
  close(): void {
    this.#closed = true;
    this.#unwatching?.then(
      (unwatch) => unwatch(),
      () => undefined,
    );
    this.#unwatching = undefined;
  }
}
