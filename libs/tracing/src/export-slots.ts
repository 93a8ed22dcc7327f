import type { Deadline } from "./deadline.ts";

/** How many exports may be under way at once; the others wait for their turn, as long as they have time. */
export class ExportSlots {
  #free: number;
  readonly #waiting: ((taken: boolean) => void)[] = [];

  /** @param count at least 1 */
  constructor(count: number) {
    this.#free = count;
  }

  /** Runs the export when there is a slot for it; `undefined` when there was none in time. */
  async run<T>(deadline: Deadline, work: () => Promise<T>): Promise<T | undefined> {
    if (!(await this.#take(deadline))) return undefined;
    try {
      return await work();
    } finally {
      this.#give();
    }
  }

  async #take(deadline: Deadline): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push(resolve);
    const taken = await deadline.within(promise);
    if (taken) return true;
    const place = this.#waiting.indexOf(resolve);
    if (place >= 0) this.#waiting.splice(place, 1);
    // The slot came in the same moment in which the time was over.
    else this.#give();
    return false;
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next) next(true);
    else this.#free += 1;
  }
}
