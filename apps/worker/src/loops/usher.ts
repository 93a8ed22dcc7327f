import type { Admission, InvocationQueue, InvocationStore, WorkerRegistry } from "@pifleet/invocation";
import { Loop } from "./loop.ts";

/** How late a delayed invocation may be, and how long a place may stay free that nobody told of. */
const ROUND_MS = 250;
/** How long the one who makes the rounds does so without saying so again, milliseconds. */
const LEASE_MS = 1_500;
/** How often that one says so again, and the others ask whether they may, milliseconds. */
const LEADER_ASKS_MS = 500;
const OTHERS_ASK_MS = 1_000;

export interface UsherOptions {
  readonly worker: string;
  readonly registry: Pick<WorkerRegistry, "lead">;
  readonly admission: Admission;
  readonly queue: InvocationQueue;
  readonly store: InvocationStore;
  readonly onFault: (error: unknown) => void;
}

/**
 * Leads those whose turn it is to the places that are free: at once when a place becomes free here, and in rounds for
 * what nobody tells of, such as a delay that is over or a worker that has come. The rounds are made on one worker of the
 * fleet, so that they cost the same however many workers there are.
 */
export class Usher {
  readonly #options: UsherOptions;
  readonly #loop: Loop;
  /** At first for the places that this worker brings. */
  #isWoken = true;
  #isLeader = false;
  #askAgainAt = Number.NEGATIVE_INFINITY;

  constructor(options: UsherOptions) {
    this.#options = options;
    this.#loop = new Loop(ROUND_MS, () => this.#round(), options.onFault);
  }

  start(): void {
    this.#loop.start();
  }

  /** A place has become free. */
  wake(): void {
    this.#isWoken = true;
    this.#loop.wake();
  }

  /** Resolves when the round that is under way has ended. Safe to call twice, and before `start`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #round(): Promise<void> {
    const isWoken = this.#isWoken;
    this.#isWoken = false;
    if (isWoken || (await this.#leads())) await this.#usher();
  }

  async #leads(): Promise<boolean> {
    const now = performance.now();
    if (now < this.#askAgainAt) return this.#isLeader;
    const { registry, worker } = this.#options;
    // Until the answer is there, nobody here leads.
    this.#isLeader = false;
    this.#isLeader = await registry.lead("dispatch", worker, LEASE_MS);
    this.#askAgainAt = now + (this.#isLeader ? LEADER_ASKS_MS : OTHERS_ASK_MS);
    return this.#isLeader;
  }

  async #usher(): Promise<void> {
    const { admission, queue, store } = this.#options;
    const entries = await admission.admit();
    if (entries.length === 0) return;
    await queue.enqueue(...entries);
    await store.markEnqueued(...entries.map(({ id }) => id));
  }
}
