import { setTimeout as pause } from "node:timers/promises";
import { UnavailableError } from "@pifleet/invocation";
import { Deadline } from "./deadline.ts";
import { Outage } from "./outage.ts";

const TRIES = 5;

/** How long a store is waited for, milliseconds. */
export interface Patience {
  /** One try of a request without a body. */
  readonly tryMs: number;
  /** A request without a body, with all its tries. */
  readonly requestMs: number;
  /** A request with a body, with all its tries; also the next piece of a content that is read. */
  readonly transferMs: number;
  /** The pause after the first try is half of this at least, and all of it at most; after the next one twice as long. */
  readonly pauseMs: number;
  /** For how long a store that is away is left alone at first. */
  readonly outageMs: number;
}

export const PATIENCE: Patience = {
  tryMs: 5_000,
  requestMs: 15_000,
  transferMs: 30_000,
  pauseMs: 200,
  outageMs: 1_000,
};

/** Tries again what fails for a reason that passes, within bounded time, and leaves a store alone that is away. */
export class Tries {
  readonly #patience: Patience;
  readonly #outage: Outage;

  constructor(patience: Patience) {
    this.#patience = patience;
    this.#outage = new Outage(patience.outageMs);
  }

  /** @throws {UnavailableError} when the store was away a moment ago */
  assertReachable(): void {
    this.#outage.assertOver();
  }

  /**
   * Makes one try after the other until one does not throw `UnavailableError`. What is behind a deadline that a try was
   * given, and that has succeeded, is the caller's to end.
   * @param hasBody a try may take as long as there is time, for much is sent
   * @throws {UnavailableError} when there is no more time for another try, or at once in an outage
   */
  async make<T>(hasBody: boolean, once: (deadline: Deadline) => Promise<T>): Promise<T> {
    await this.#outage.enter();
    const { tryMs, requestMs, transferMs, pauseMs } = this.#patience;
    const endMs = performance.now() + (hasBody ? transferMs : requestMs);
    for (let tries = 1; ; tries += 1) {
      const leftMs = endMs - performance.now();
      const deadline = new Deadline(hasBody ? leftMs : Math.min(leftMs, tryMs));
      try {
        const result = await once(deadline);
        this.#outage.end();
        return result;
      } catch (error) {
        deadline.abort();
        const nextMs = pauseMs * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
        this.#note(error, tries === TRIES || performance.now() + nextMs >= endMs);
        await pause(nextMs);
      }
    }
  }

  /** @throws the error, unless it is one that may pass and there is another try */
  #note(error: unknown, isLast: boolean): void {
    if (!(error instanceof UnavailableError)) this.#outage.end();
    else if (isLast) this.#outage.begin(error);
    else return;
    throw error;
  }
}
