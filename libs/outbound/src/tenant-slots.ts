/**
 * Slots that tenants share. A tenant may hold as many as are free, so that some are left for the next one: alone it gets
 * half of all, and of n tenants with much to do each gets one part of n + 1.
 */
export class TenantSlots {
  readonly #held = new Map<string, number>();
  #free: number;

  /** @param count how many slots there are, at least 1 */
  constructor(count: number) {
    this.#free = count;
  }

  /** Whether there is none for anybody. */
  get areFull(): boolean {
    return this.#free === 0;
  }

  hasOneFor(tenant: string): boolean {
    const held = this.#held.get(tenant) ?? 0;
    return held === 0 ? this.#free > 0 : held < this.#free;
  }

  /** Takes a slot, which is given back by calling what is returned; a second call does nothing. */
  take(tenant: string): () => void {
    this.#add(tenant, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#add(tenant, -1);
      isTaken = false;
    };
  }

  #add(tenant: string, by: 1 | -1): void {
    this.#free -= by;
    const held = (this.#held.get(tenant) ?? 0) + by;
    if (held > 0) this.#held.set(tenant, held);
    else this.#held.delete(tenant);
  }
}
