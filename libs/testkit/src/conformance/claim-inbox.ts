import type { Claim, ConsumeOptions, Consumer, InvocationQueue } from "@pifleet/invocation";

/** A claim that a test holds in its hands: its handler runs until `done` is called. */
export interface HeldClaim {
  readonly claim: Claim;
  done(): void;
}

/** A consumer whose claims a test takes one by one. */
export class ClaimInbox {
  readonly consumer: Consumer;
  readonly #arrived: HeldClaim[] = [];
  readonly #waiting: ((held: HeldClaim) => void)[] = [];
  readonly #held = new Set<HeldClaim>();

  constructor(queue: InvocationQueue, options: Partial<ConsumeOptions> = {}) {
    this.consumer = queue.consume({ worker: "worker-1", concurrency: 1, leaseMs: 10_000, ...options }, (claim) =>
      this.#hold(claim),
    );
  }

  /** The next claim; waits for it. */
  next(): Promise<HeldClaim> {
    const held = this.#arrived.shift();
    return held ? Promise.resolve(held) : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** How many claims have come that nobody has taken. */
  get unread(): number {
    return this.#arrived.length;
  }

  /** Lets every handler return, and stops. */
  async stop(): Promise<void> {
    for (const held of this.#held) held.done();
    await this.consumer.stop();
  }

  #hold(claim: Claim): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const held: HeldClaim = { claim, done: resolve };
    this.#held.add(held);
    const waiting = this.#waiting.shift();
    if (waiting) waiting(held);
    else this.#arrived.push(held);
    return promise.finally(() => this.#held.delete(held));
  }
}
