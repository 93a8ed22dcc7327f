import type { Carrier, Claim, InvocationId } from "@pifleet/invocation";
import type { Fetched } from "./claim-source.ts";

const LONGEST_RENEWAL_MS = 2_000;

/**
 * A claim on an entry that was fetched.
 *
 * It is in doubt as soon as the lease may have run out in Redis: one lease after the moment before the last renewal
 * that succeeded was sent. Redis counts from later, so it never gives the entry to somebody else before. The next
 * renewal that Redis answers decides: nobody has claimed the entry since, or the claim is lost.
 */
export class RedisClaim implements Claim {
  readonly #fetched: Fetched;
  readonly #leaseMs: number;
  readonly #onFault: (error: Error) => void;
  readonly #lost = new AbortController();
  readonly #listeners = new Set<(inDoubt: boolean) => void>();
  #isInDoubt = false;
  #deadline: NodeJS.Timeout | undefined;
  #leaseBegan: number;
  #isSettled = false;

  constructor(fetched: Fetched, leaseMs: number, onFault: (error: Error) => void) {
    this.#fetched = fetched;
    this.#leaseMs = leaseMs;
    this.#onFault = onFault;
    this.#leaseBegan = fetched.fetchedAt;
    this.#arm();
  }

  get id(): InvocationId {
    return this.#fetched.id;
  }

  get carrier(): Carrier {
    return this.#fetched.carrier;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  onDoubt(listener: (inDoubt: boolean) => void): () => void {
    this.#listeners.add(listener);
    if (this.#isInDoubt) listener(true);
    return () => this.#listeners.delete(listener);
  }

  async renew(): Promise<boolean> {
    if (this.lost.aborted || this.#isSettled) return false;
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, Math.min(LONGEST_RENEWAL_MS, this.#leaseMs / 3));
    // An answer that comes after we stopped waiting still counts.
    await Promise.race([this.#extend(), patience.promise]);
    clearTimeout(timer);
    return !this.lost.aborted;
  }

  async complete(): Promise<void> {
    await this.#fetched.complete();
    this.settle();
  }

  async release(delayMs = 0): Promise<void> {
    await this.#fetched.putBack(delayMs);
    this.settle();
  }

  /** Marks the claim as lost, unless it was given up before. */
  lose(): void {
    if (this.#isSettled) return;
    clearTimeout(this.#deadline);
    this.#lost.abort(new Error(`the claim on ${this.id} was lost`));
  }

  /** Stops counting the lease: the claim was given up, or its handler has returned. */
  settle(): void {
    clearTimeout(this.#deadline);
    this.#isSettled = true;
  }

  async #extend(): Promise<void> {
    const sentAt = performance.now();
    try {
      if (!(await this.#fetched.renew())) return this.lose();
    } catch (error) {
      return this.#onFault(error as Error);
    }
    if (sentAt <= this.#leaseBegan || this.lost.aborted || this.#isSettled) return;
    this.#leaseBegan = sentAt;
    this.#arm();
  }

  /** An answer that came later than one lease after it was asked for leaves the claim in doubt. */
  #arm(): void {
    clearTimeout(this.#deadline);
    const remainingMs = this.#leaseBegan + this.#leaseMs - performance.now();
    if (remainingMs > 0) this.#setInDoubt(false);
    this.#deadline = setTimeout(() => this.#setInDoubt(true), Math.max(0, remainingMs));
  }

  #setInDoubt(inDoubt: boolean): void {
    if (inDoubt === this.#isInDoubt || this.lost.aborted) return;
    this.#isInDoubt = inDoubt;
    for (const listener of this.#listeners) listener(inDoubt);
  }
}
