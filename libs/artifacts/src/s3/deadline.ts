/** Aborts what takes too long. It can be set again and again, until it has aborted. */
export class Deadline {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** @param ms from now */
  constructor(ms: number) {
    this.set(ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @param ms from now */
  set(ms: number): void {
    this.clear();
    this.#timer = setTimeout(() => this.abort(new Error(`nothing came for ${Math.round(ms)} ms`)), ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  abort(reason?: Error): void {
    this.clear();
    this.#controller.abort(reason);
  }
}
