/**
 * The port to the counters of the whole fleet, which outlive every process; for metrics. Names are snake case and few.
 */
export interface Counters {
  /** Adds to counters, which begin at 0. */
  add(counts: Readonly<Record<string, number>>): Promise<void>;
  /** All counters that something was added to. */
  read(): Promise<Record<string, number>>;
}
