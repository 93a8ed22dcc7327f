/** Random choices that are the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  /** @param seed a whole number */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Whether something happens that happens with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them; `undefined` when there is none. */
  pick<T>(candidates: readonly T[]): T | undefined {
    return candidates[Math.floor(this.next() * candidates.length)];
  }

  /** Another sequence, so that what one part draws does not change what another one does. */
  fork(): Random {
    return new Random(this.between(0, 2 ** 32 - 1));
  }
}
