/** What ends the program before its time. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** The exit code that shells know for that. */
const EXIT_CODE = 130;

/** Sees to it that nothing is left behind, too, when the program is interrupted. */
export class Interruption {
  readonly #open = new Set<AsyncDisposableStack>();
  #isOver = false;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, () => void this.#end());
  }

  /** Takes what has to be disposed of by then. */
  covers(stack: AsyncDisposableStack): void {
    this.#open.add(stack);
    stack.defer(() => void this.#open.delete(stack));
  }

  /** What the work resolves to. What it fails of because everything is stopped under it is nobody's concern. */
  async interrupts<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!this.#isOver) throw error;
      return new Promise<never>(() => undefined);
    }
  }

  async #end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await Promise.allSettled([...this.#open].map((stack) => stack.disposeAsync()));
    process.exit(EXIT_CODE);
  }
}
