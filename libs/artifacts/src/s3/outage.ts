import { UnavailableError } from "@pifleet/invocation";

/**
 * Remembers that the store is away, so that not everybody waits for it until their time is over: for a while nobody
 * asks it, then one finds out whether it is back.
 */
export class Outage {
  readonly #pauseMs: number;
  readonly #nowMs: () => number;
  #cause: unknown;
  #untilMs = 0;

  /**
   * @param pauseMs for how long the store is left alone, milliseconds
   * @param nowMs a time that only ever grows, milliseconds
   */
  constructor(pauseMs: number, nowMs: () => number = () => performance.now()) {
    this.#pauseMs = pauseMs;
    this.#nowMs = nowMs;
  }

  /** @throws {UnavailableError} while the store is left alone */
  assertOver(): void {
    if (this.#nowMs() < this.#untilMs)
      throw new UnavailableError("S3 was away a moment ago, and is left alone", { cause: this.#cause });
  }

  /** The same, for who asks the store next: until it is known what becomes of that, the others wait. */
  enter(): void {
    this.assertOver();
    if (this.#untilMs > 0) this.#untilMs = this.#nowMs() + this.#pauseMs;
  }

  begin(cause: unknown): void {
    this.#cause = cause;
    this.#untilMs = this.#nowMs() + this.#pauseMs;
  }

  end(): void {
    this.#cause = undefined;
    this.#untilMs = 0;
  }
}
