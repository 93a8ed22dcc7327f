import type { Carrier, Claim, InvocationId } from "@pifleet/invocation";
import type { ClaimToken, Entries, KeptEntry } from "./entries.ts";

/** A claim on an entry of a queue in memory. Its lease goes on when its handler has returned without giving it up. */
export class MemoryClaim implements Claim {
  readonly #entries: Entries;
  readonly #kept: KeptEntry;
  readonly #token: ClaimToken;
  readonly #leaseMs: number;
  readonly #lost = new AbortController();
  #lease: NodeJS.Timeout;
  #isGivenUp = false;

  constructor(entries: Entries, kept: KeptEntry, token: ClaimToken, leaseMs: number) {
    this.#entries = entries;
    this.#kept = kept;
    this.#token = token;
    this.#leaseMs = leaseMs;
    this.#lease = this.#begin();
  }

  get id(): InvocationId {
    return this.#kept.entry.id;
  }

  get carrier(): Carrier {
    return this.#kept.entry.carrier;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Memory is never out of reach. */
  onDoubt(): () => void {
    return () => undefined;
  }

  async renew(): Promise<boolean> {
    if (this.#isGivenUp) return false;
    if (!this.#isHeld()) this.lose();
    if (this.lost.aborted) return false;
    clearTimeout(this.#lease);
    this.#lease = this.#begin();
    return true;
  }

  async complete(): Promise<void> {
    if (this.#giveUp()) this.#entries.drop(this.#kept);
  }

  async release(delayMs = 0): Promise<void> {
    if (this.#giveUp()) this.#entries.putBack(this.#kept, delayMs);
  }

  /** Marks the claim as lost. */
  lose(): void {
    clearTimeout(this.#lease);
    this.#lost.abort(new Error(`the claim on ${this.id} was lost`));
  }

  /** Whether it was still held. */
  #giveUp(): boolean {
    clearTimeout(this.#lease);
    this.#isGivenUp = true;
    return this.#isHeld();
  }

  #isHeld(): boolean {
    return !this.lost.aborted && this.#entries.isHeld(this.#kept, this.#token);
  }

  #begin(): NodeJS.Timeout {
    return setTimeout(() => {
      this.lose();
      if (this.#entries.isHeld(this.#kept, this.#token)) this.#entries.recover(this.#kept);
    }, this.#leaseMs);
  }
}
