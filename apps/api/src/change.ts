import { setTimeout } from "node:timers";

/** Lets one loop sleep until something has changed. What changes while it is busy is not lost. */
export class Change {
  #changed = false;
  #wake: (() => void) | undefined;

  /** Something has changed. */
  notify(): void {
    this.#changed = true;
    this.#wake?.();
  }

  /** Resolves when something has changed since the last call, or after `timeoutMs`. */
  async next(timeoutMs: number): Promise<"changed" | "timeout"> {
    if (!this.#changed) await this.#sleep(timeoutMs);
    const happened = this.#changed ? "changed" : "timeout";
    this.#changed = false;
    return happened;
  }

  async #sleep(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeout = setTimeout(resolve, timeoutMs);
    this.#wake = resolve;
    await promise;
    clearTimeout(timeout);
    this.#wake = undefined;
  }
}
