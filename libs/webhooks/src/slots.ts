/** So many tries are under way at once in one worker. */
const ALL = 32;
/** So many of them at one receiver. */
export const FOR_RECEIVER = 4;
/** So many of them at one host, however many receivers it has. */
const FOR_HOST = 16;
/** So many are kept for receivers that have none. */
const RESERVED = 8;

/** Where a message goes. */
export interface Place {
  readonly receiver: string;
  readonly host: string;
}

/**
 * How many tries may be under way at once. One receiver has few of them, one host has half at most, and the last ones
 * are for receivers that have none: so slow receivers take none from one that is not, until there are very many.
 */
export class Slots {
  readonly #underWay = new Map<string, number>();
  #count = 0;

  /** Whether there is none for anybody. */
  get areFull(): boolean {
    return this.#count >= ALL;
  }

  /** Whether there is one for this place. */
  hasOneFor({ receiver, host }: Place): boolean {
    const free = ALL - this.#count;
    const own = this.#at(`receiver ${receiver}`);
    if (own >= FOR_RECEIVER || this.#at(`host ${host}`) >= FOR_HOST) return false;
    return own === 0 ? free > 0 : free > RESERVED;
  }

  /** Takes a slot, which is given back by calling what is returned; a second call does nothing. */
  take({ receiver, host }: Place): () => void {
    this.#add(receiver, host, 1);
    let taken = true;
    return () => {
      if (taken) this.#add(receiver, host, -1);
      taken = false;
    };
  }

  #add(receiver: string, host: string, by: 1 | -1): void {
    this.#count += by;
    for (const name of [`receiver ${receiver}`, `host ${host}`]) {
      const count = this.#at(name) + by;
      if (count > 0) this.#underWay.set(name, count);
      else this.#underWay.delete(name);
    }
  }

  #at(name: string): number {
    return this.#underWay.get(name) ?? 0;
  }
}
