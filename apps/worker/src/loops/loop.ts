/**
 * Does the same thing again and again, one round at a time, with a pause between the rounds. A round that fails is
 * reported, and the next one is made all the same.
 */
export class Loop {
  readonly #pauseMs: number;
  readonly #round: () => Promise<void>;
  readonly #onFault: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(pauseMs: number, round: () => Promise<void>, onFault: (error: unknown) => void) {
    this.#pauseMs = pauseMs;
    this.#round = round;
    this.#onFault = onFault;
  }

  /** The first round is made at once. */
  start(): void {
    if (!this.#stopped) this.#running = this.#run();
  }

  /** No further round; resolves when the one that is under way has ended. Safe to call twice, and before `start`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#round();
    } catch (error) {
      if (!this.#stopped) this.#onFault(error);
    }
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#pauseMs);
  }
}
