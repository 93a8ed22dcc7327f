/**
 * Does the same thing again and again, one round at a time, with a pause between the rounds. A round that fails is
 * reported, and the next one is made all the same. Whoever knows of something to do can cut the pause short.
 */
export class Loop {
  readonly #pauseMs: number;
  readonly #round: (stopping: AbortSignal) => Promise<void>;
  readonly #onFault: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #awaited = false;
  readonly #stopping = new AbortController();

  /**
   * @param pauseMs between two rounds, milliseconds
   * @param round is to end soon when its signal is aborted
   */
  constructor(pauseMs: number, round: (stopping: AbortSignal) => Promise<void>, onFault: (error: unknown) => void) {
    this.#pauseMs = pauseMs;
    this.#round = round;
    this.#onFault = onFault;
  }

  /** The first round is made at once. */
  start(): void {
    if (!this.#stopped) this.#running = this.#run();
  }

  /** The next round is made at once; when one is under way, right after it. Does nothing before `start`. */
  wake(): void {
    this.#awaited = true;
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.start();
  }

  /** No further round; resolves when the one that is under way has ended. Safe to call twice, and before `start`. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    do {
      this.#awaited = false;
      try {
        await this.#round(this.#stopping.signal);
      } catch (error) {
        if (!this.#stopped) this.#onFault(error);
      }
    } while (this.#awaited && !this.#stopped);
    if (!this.#stopped) this.#timer = setTimeout(() => this.#next(), this.#pauseMs);
  }

  #next(): void {
    this.#timer = undefined;
    this.start();
  }
}
