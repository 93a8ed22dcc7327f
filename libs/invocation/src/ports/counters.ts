/**
 * The port to the counters of the whole fleet, which outlive every process; for metrics. Names are few: those in snake
 * case say what was recovered, mended and swept; the others are parts of measurements (`observation`, `increment`).
 */
export interface Counters {
  /**
   * Adds to counters, which begin at 0; to all of them or to none. A call whose answer is lost with the connection may
   * have been taken.
   * @param counts integers, 0 or more
   */
  add(counts: Readonly<Record<string, number>>): Promise<void>;
  /** All counters that something was added to. */
  read(): Promise<Record<string, number>>;
}
