/** So long nothing may have been taken, milliseconds: a runner that got a task is at its first model request by then. */
const QUIET_MS = 50;
/** Under steady load there is no quiet moment; it is not waited for longer than this, milliseconds. */
const LONGEST_WAIT_MS = 250;

/**
 * The moment at which runners are started in place of those that were taken: not while one begins to work that was
 * just taken, which a start would slow down.
 */
export class QuietMoment {
  #firstTakenAt: number | undefined;
  #at = 0;

  /** On the clock of `performance.now`. */
  get at(): number {
    return this.#at;
  }

  /** A runner was taken. */
  disturb(): void {
    const now = performance.now();
    this.#firstTakenAt ??= now;
    this.#at = Math.min(now + QUIET_MS, this.#firstTakenAt + LONGEST_WAIT_MS);
  }

  /** The moment was used. */
  reset(): void {
    this.#firstTakenAt = undefined;
  }
}
