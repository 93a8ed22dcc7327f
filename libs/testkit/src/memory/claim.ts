import type { Carrier, Claim, InvocationId } from "@pifleet/invocation";
import type { MemoryQueue, Slot } from "./queue.ts";

/** A claim on an entry of a queue in memory. Its lease goes on when its handler has returned without giving it up. */
export class MemoryClaim implements Claim {
  readonly #queue: MemoryQueue;
  readonly #slot: Slot;
  readonly #token: symbol;
  readonly #leaseMs: number;
  readonly #lost = new AbortController();
  #lease: NodeJS.Timeout;

  constructor(queue: MemoryQueue, slot: Slot, token: symbol, leaseMs: number) {
    this.#queue = queue;
    this.#slot = slot;
    this.#token = token;
    this.#leaseMs = leaseMs;
    this.#lease = this.#begin();
  }

  get id(): InvocationId {
    return this.#slot.entry.id;
  }

  get carrier(): Carrier {
    return this.#slot.entry.carrier;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async renew(): Promise<boolean> {
    if (!this.#isHeld()) return false;
    clearTimeout(this.#lease);
    this.#lease = this.#begin();
    return true;
  }

  async complete(): Promise<void> {
    clearTimeout(this.#lease);
    if (this.#isHeld()) this.#queue.drop(this.#slot);
  }

  async release(delayMs = 0): Promise<void> {
    clearTimeout(this.#lease);
    if (this.#isHeld()) this.#queue.putBack(this.#slot, delayMs);
  }

  /** Marks the claim as lost. */
  lose(): void {
    clearTimeout(this.#lease);
    this.#lost.abort(new Error(`the claim on ${this.id} was lost`));
  }

  #isHeld(): boolean {
    return !this.lost.aborted && this.#queue.holds(this.#slot, this.#token);
  }

  #begin(): NodeJS.Timeout {
    return setTimeout(() => {
      this.lose();
      if (this.#queue.holds(this.#slot, this.#token)) this.#queue.recover(this.#slot);
    }, this.#leaseMs);
  }
}
