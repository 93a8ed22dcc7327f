import { UnavailableError } from "@pifleet/invocation";

const LONGEST_MS = 30_000;

/**
 * Remembers that the store is away, so that not everybody waits for it until their time is over: for a while nobody
 * asks it, then one finds out whether it is back. The while doubles with each who finds that it is not, up to 30 s.
 */
export class Outage {
  readonly #firstMs: number;
  readonly #nowMs: () => number;
  #cause: unknown;
  /** How long the store is left alone; 0 when it is not away. */
  #pauseMs = 0;
  #untilMs = 0;
  /** Settles when it is known whether the store is back; nobody finds out when there is none. */
  #probe: PromiseWithResolvers<void> | undefined;

  /**
   * @param firstMs for how long the store is left alone at first, milliseconds
   * @param nowMs a time that only ever grows, milliseconds
   */
  constructor(firstMs: number, nowMs: () => number = () => performance.now()) {
    this.#firstMs = firstMs;
    this.#nowMs = nowMs;
  }

  /** @throws {UnavailableError} while the store is left alone */
  assertOver(): void {
    if (this.#nowMs() < this.#untilMs)
      throw new UnavailableError("S3 was away a moment ago, and is left alone", { cause: this.#cause });
  }

  /**
   * To be called by who is about to ask the store; then `begin` or `end` tells what came of it.
   * @returns at once, or, while another one finds out whether the store is back, when that is known
   * @throws {UnavailableError} while the store is left alone
   */
  async enter(): Promise<void> {
    while (this.#probe) await this.#probe.promise;
    this.assertOver();
    if (this.#pauseMs > 0) this.#probe = Promise.withResolvers();
  }

  /** The store is away. */
  begin(cause: unknown): void {
    const nextMs = Math.min(2 * this.#pauseMs, LONGEST_MS);
    this.#pauseMs = Math.max(this.#probe ? nextMs : this.#pauseMs, this.#firstMs);
    this.#untilMs = this.#nowMs() + this.#pauseMs;
    this.#cause = cause;
    this.#tell();
  }

  /** The store has answered. */
  end(): void {
    this.#pauseMs = 0;
    this.#untilMs = 0;
    this.#cause = undefined;
    this.#tell();
  }

  #tell(): void {
    this.#probe?.resolve();
    this.#probe = undefined;
  }
}
