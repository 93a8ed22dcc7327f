const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long is waited after runners that could not be started, or that died while they waited: twice as long each time,
 * until one has proved itself. A program that cannot start is not started in a hot loop.
 */
export class Outage {
  #pauseMs = FIRST_PAUSE_MS;
  #until = 0;
  #isTold = false;

  /** When the next start may be tried, on the clock of `performance.now`. */
  get until(): number {
    return this.#until;
  }

  /** A runner has failed. */
  failed(): void {
    this.#until = performance.now() + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  /** Tells of the outage, unless that was done before. */
  tell(say: () => void): void {
    if (!this.#isTold) say();
    this.#isTold = true;
  }

  /** A runner has proved itself. */
  end(): void {
    this.#isTold = false;
    this.#until = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
  }
}
