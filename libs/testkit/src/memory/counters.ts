import type { Counters } from "@pifleet/invocation";

/** The counters in memory. */
export class MemoryCounters implements Counters {
  readonly #counts: Record<string, number> = {};

  async add(counts: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, count] of Object.entries(counts)) this.#counts[name] = (this.#counts[name] ?? 0) + count;
  }

  async read(): Promise<Record<string, number>> {
    return { ...this.#counts };
  }
}
