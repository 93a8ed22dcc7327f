import type { CounterName, HistogramName, LabelsOf } from "../measurements/measurements.ts";

/**
 * The port to what is measured of the whole fleet; see `HISTOGRAMS` and `COUNTERS`. Its methods neither wait nor
 * throw: what is measured never changes what happens.
 */
export interface Measures {
  /**
   * Adds one value to a histogram.
   * @param value in the histogram's unit; a negative one, from clocks that differ, counts as 0
   */
  observe<Name extends HistogramName>(name: Name, value: number, labels: LabelsOf<Name>): void;
  /** Adds `by`, 1 by default, to a counter. */
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void;
}
