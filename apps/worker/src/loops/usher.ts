import type { Admission, InvocationQueue, InvocationStore } from "@pifleet/invocation";
import { Loop } from "./loop.ts";

/** How late a delayed invocation may be, and how long a place may stay free that nobody told of. */
const ROUND_MS = 250;

export interface UsherOptions {
  readonly admission: Admission;
  readonly queue: InvocationQueue;
  readonly store: InvocationStore;
  readonly onFault: (error: unknown) => void;
}

/**
 * Leads those whose turn it is to the places that are free: at once when a place becomes free here, and in rounds for
 * what nobody tells of, such as a delay that is over or a worker that has come. It runs on every worker; each
 * admission is made by one of them.
 */
export class Usher {
  readonly #options: UsherOptions;
  readonly #loop: Loop;

  constructor(options: UsherOptions) {
    this.#options = options;
    this.#loop = new Loop(ROUND_MS, () => this.#usher(), options.onFault);
  }

  start(): void {
    this.#loop.start();
  }

  /** A place has become free. */
  wake(): void {
    this.#loop.wake();
  }

  /** Resolves when the round that is under way has ended. Safe to call twice, and before `start`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #usher(): Promise<void> {
    const { admission, queue, store } = this.#options;
    const entries = await admission.admit();
    if (entries.length === 0) return;
    await queue.enqueue(...entries);
    await store.markEnqueued(...entries.map(({ id }) => id));
  }
}
