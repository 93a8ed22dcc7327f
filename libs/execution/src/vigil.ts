import type { Claim, InvocationStore } from "@pifleet/invocation";
import type { Ending } from "./cause.ts";

/** How often a running attempt asks whether anything is wanted of it. */
const CHECK_IN_MS = 1_000;

export interface VigilOptions {
  readonly claim: Claim;
  readonly store: InvocationStore;
  readonly attempt: number;
  /** How long the claim lasts without renewal, milliseconds; it is renewed four times as often. */
  readonly leaseMs: number;
  readonly ending: Ending;
  /** Called with every answer: whether the attempt is to be paused. */
  readonly onPaused: (paused: boolean) => void;
  /** Called with `true` when the claim is in doubt: the attempt must stand still. With `false` when it is held after all. */
  readonly onDoubt: (inDoubt: boolean) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Watches over the claim of a running attempt: renews it, and asks the store whether the attempt is still the newest
 * and whether it is to be cancelled or paused. `wake` asks at once; the regular question makes up for a message that
 * was lost.
 *
 * It holds the claim only as long as the attempt has not ended, and the attempt ends when its runner shows no life.
 */
export class Vigil {
  readonly #options: VigilOptions;
  readonly #onLost = () => this.#options.ending.end({ kind: "lost" });
  #offDoubt: (() => void) | undefined;
  #renewTimer: NodeJS.Timeout | undefined;
  #checkTimer: NodeJS.Timeout | undefined;

  constructor(options: VigilOptions) {
    this.#options = options;
  }

  start(): void {
    const { claim, leaseMs } = this.#options;
    if (claim.lost.aborted) this.#onLost();
    claim.lost.addEventListener("abort", this.#onLost, { once: true });
    this.#offDoubt = claim.onDoubt((inDoubt) => this.#doubt(inDoubt));
    this.#renewTimer = setInterval(() => void this.#renew(), leaseMs / 4);
    this.#checkTimer = setInterval(() => this.wake(), CHECK_IN_MS);
  }

  /** Asks the store at once. */
  wake(): void {
    void this.#checkIn();
  }

  /** Safe to call twice, and before `start`. The claim is renewed no more. */
  stop(): void {
    clearInterval(this.#renewTimer);
    clearInterval(this.#checkTimer);
    this.#offDoubt?.();
    this.#options.claim.lost.removeEventListener("abort", this.#onLost);
  }

  /** Whether the claim is lost is asked at once: perhaps only this process stood still, and Redis is there. */
  #doubt(inDoubt: boolean): void {
    this.#options.onDoubt(inDoubt);
    if (inDoubt) void this.#renew();
  }

  async #renew(): Promise<void> {
    const { claim, onFault } = this.#options;
    try {
      if (!(await claim.renew())) this.#onLost();
    } catch (error) {
      onFault(error);
    }
  }

  async #checkIn(): Promise<void> {
    const { claim, store, attempt, ending, onPaused, onFault } = this.#options;
    try {
      const answer = await store.checkIn(claim.id, attempt);
      if (answer.kind === "stale") ending.end({ kind: "lost" });
      else if (answer.cancelRequested) ending.end({ kind: "cancelled" });
      else onPaused(answer.paused);
    } catch (error) {
      onFault(error);
    }
  }
}
