import {
  COUNTERS,
  type CounterName,
  HISTOGRAMS,
  type HistogramMeasurement,
  type HistogramName,
  type LabelsOf,
} from "./measurements.ts";
import { labelText } from "./series.ts";

/** How measurements are kept as `Counters`: `name|labels|part`, with one of these parts. No other counter has a `|`. */
export const SEPARATOR = "|";
/** The sum of what was observed, in parts of the unit. */
export const SUM = "sum";
/** How often something was counted. */
export const TOTAL = "total";
/** Before the upper bound of a bucket. The bound and no index: another version may have other buckets. */
export const BUCKET = "le=";
export const INFINITY = "+Inf";

/** Counters are integers: a sum is kept in this many parts of its unit. */
export const PARTS: Readonly<Record<HistogramMeasurement["unit"], number>> = { seconds: 1_000_000, tokens: 1 };
/** More than anything that is measured, and still an exact integer. */
const MAX_PARTS = 1e15;

/** Whether a counter is a part of a measurement; of this version or of another one. */
export function isMeasured(field: string): boolean {
  return field.includes(SEPARATOR);
}

/** What one observation adds to the counters of the fleet; nothing, when it is no number. */
export function observation<Name extends HistogramName>(
  name: Name,
  value: number,
  labels: LabelsOf<Name>,
): Record<string, number> {
  if (Number.isNaN(value)) return {};
  const { buckets, unit, labels: sets }: HistogramMeasurement = HISTOGRAMS[name];
  const series = `${name}${SEPARATOR}${labelText(sets, labels)}${SEPARATOR}`;
  const parts = Math.round(Math.min(Math.max(0, value) * PARTS[unit], MAX_PARTS));
  const bound = buckets.find((upper) => value <= upper) ?? INFINITY;
  return { [`${series}${BUCKET}${bound}`]: 1, [`${series}${SUM}`]: parts };
}

/** What counting `by` adds to the counters of the fleet; nothing, when `by` is no positive number. */
export function increment<Name extends CounterName>(
  name: Name,
  labels: LabelsOf<Name>,
  by: number,
): Record<string, number> {
  const count = Math.min(Math.round(by), MAX_PARTS);
  if (!(count > 0)) return {};
  return { [[name, labelText(COUNTERS[name].labels, labels), TOTAL].join(SEPARATOR)]: count };
}
