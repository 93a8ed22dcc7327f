import { type Counters, openCounts, overflowField } from "@pifleet/invocation";

/** The counters in memory. */
export class MemoryCounters implements Counters {
  readonly #counts: Record<string, number> = {};

  async add(counts: Readonly<Record<string, number>>): Promise<void> {
    const open = Object.keys(this.#counts).filter((name) => overflowField(name) !== undefined);
    const closed = Object.entries(counts).filter(([name]) => overflowField(name) === undefined);
    for (const [name, count] of [...closed, ...Object.entries(openCounts(counts, new Set(open)))]) {
      this.#counts[name] = (this.#counts[name] ?? 0) + count;
    }
  }

  async read(): Promise<Record<string, number>> {
    return { ...this.#counts };
  }
}
