import {
  COUNTERS,
  type CounterMeasurement,
  type CounterName,
  HISTOGRAMS,
  type HistogramMeasurement,
  type HistogramName,
  type LabelsOf,
} from "./measurements.ts";
import { isOpen, labelText, overflowText } from "./series.ts";

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
/** The same for counters. A request can cost less than a millionth of a dollar. */
export const COUNTED_PARTS: Readonly<Record<NonNullable<CounterMeasurement["unit"]>, number>> = { usd: 1_000_000_000 };
/** Counters with a label that can be any text; what comes later is added to series for all others. */
export const MAX_OPEN_FIELDS = 2_500;
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
  const { labels: sets, unit }: CounterMeasurement = COUNTERS[name];
  const count = Math.min(Math.round(by * (unit ? COUNTED_PARTS[unit] : 1)), MAX_PARTS);
  // Where a label can be any text, counting 0 makes the series known: it begins at 0 then.
  if (!(count > 0 || (count === 0 && isOpen(sets)))) return {};
  return { [[name, labelText(sets, labels), TOTAL].join(SEPARATOR)]: count };
}

/**
 * The counter to which a counter with a label that can be any text is added when there are too many of them;
 * `undefined` for every other counter.
 */
export function overflowField(field: string): string | undefined {
  const [name = "", text = "", ...rest] = field.split(SEPARATOR);
  if (!Object.hasOwn(COUNTERS, name)) return undefined;
  const { labels }: CounterMeasurement = COUNTERS[name as CounterName];
  if (!isOpen(labels)) return undefined;
  const overflow = overflowText(labels, text);
  return overflow === undefined ? undefined : [name, overflow, ...rest].join(SEPARATOR);
}

/**
 * Takes the counters with a label that can be any text out of `counts`, those beyond the bound as what they overflow to.
 * @param known those that were counted before, and how many there are of them
 */
export function openCounts(
  counts: Readonly<Record<string, number>>,
  known: { readonly has: (field: string) => boolean; readonly size: number },
): Record<string, number> {
  const taken: Record<string, number> = {};
  let room = MAX_OPEN_FIELDS - known.size;
  for (const [field, count] of Object.entries(counts)) {
    const overflow = overflowField(field);
    if (overflow === undefined) continue;
    const isKnown = known.has(field) || Object.hasOwn(taken, field);
    const to = isKnown || room > 0 ? field : overflow;
    if (!isKnown && to === field) room -= 1;
    taken[to] = (taken[to] ?? 0) + count;
  }
  return taken;
}
