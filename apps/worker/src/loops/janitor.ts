import type { InvocationQueue, InvocationStore } from "@pifleet/invocation";

const ROUND_MS = 5_000;
/** An entry that is recorded but not in the queue is left to the API for this long, milliseconds. */
const UNQUEUED_MS = 5_000;

export interface JanitorOptions {
  readonly store: InvocationStore;
  readonly queue: InvocationQueue;
  /** Called with how many were put into the queue, when there were any. */
  readonly onMended: (enqueued: number) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Puts right what a crash left half done: invocations that were recorded but not put into the queue. Also drops what
 * its retention has run out for. Many workers may do it at once; each act can be done twice without harm.
 */
export class Janitor {
  readonly #options: JanitorOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(options: JanitorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#round ??= this.#clean().finally(() => {
        this.#round = undefined;
      });
    }, ROUND_MS);
  }

  /** Resolves when the round that is under way has ended. Safe to call twice, and before `start`. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  async #clean(): Promise<void> {
    try {
      await this.#enqueueForgotten();
      await this.#options.store.expire();
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  async #enqueueForgotten(): Promise<void> {
    const { store, queue, onMended } = this.#options;
    const forgotten = await store.unqueued(UNQUEUED_MS);
    for (const { id, carrier, createdAt, submission } of forgotten) {
      const delayMs = Math.max(0, Date.parse(createdAt) + submission.delayMs - Date.now());
      await queue.enqueue({ id, carrier, priority: submission.priority, delayMs });
      await store.markEnqueued(id);
    }
    if (forgotten.length > 0) onMended(forgotten.length);
  }
}
