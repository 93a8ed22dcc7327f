import { BUCKET, COUNTED_PARTS, INFINITY, PARTS, SEPARATOR, SUM, TOTAL } from "./fields.ts";
import {
  COUNTERS,
  type CounterMeasurement,
  type CounterName,
  HISTOGRAMS,
  type HistogramMeasurement,
  type HistogramName,
} from "./measurements.ts";
import { allSeries, type Labels, seriesOf } from "./series.ts";

export interface HistogramSeries {
  readonly labels: Labels;
  /** How many values were at most the bucket's upper bound; one for each of the histogram's buckets, in their order. */
  readonly buckets: readonly number[];
  readonly count: number;
  /** In the histogram's unit. */
  readonly sum: number;
}

export interface CounterSeries {
  readonly labels: Labels;
  readonly count: number;
}

/** What was measured of the whole fleet since its database began. None of the numbers ever falls. */
export interface Measured {
  /** All series are there from the start, as those of the counters. */
  readonly histograms: ReadonlyMap<HistogramName, readonly HistogramSeries[]>;
  /**
   * All series of closed sets are there from the start, so that the first event is seen as a rise; those whose labels
   * can be any text, once something was counted.
   */
  readonly counters: ReadonlyMap<CounterName, readonly CounterSeries[]>;
}

/** By the text of the labels, by the part. */
type Fields = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Reads the measurements out of the counters of the fleet. What it does not know is from another version: it leaves
 * that out, but for a bucket with another bound, which it adds to the next larger bucket of its own.
 */
export function readMeasured(counts: Readonly<Record<string, number>>): Measured {
  const byName = fieldsByName(counts);
  const fields = (name: string): Fields => byName.get(name) ?? new Map();
  return {
    histograms: new Map(entries(HISTOGRAMS).map(([name, one]) => [name, histogramSeries(one, fields(name))])),
    counters: new Map(entries(COUNTERS).map(([name, one]) => [name, counterSeries(one, fields(name))])),
  };
}

function entries<Table extends object>(table: Table): [keyof Table, Table[keyof Table]][] {
  return Object.entries(table) as [keyof Table, Table[keyof Table]][];
}

function fieldsByName(counts: Readonly<Record<string, number>>): Map<string, Map<string, Map<string, number>>> {
  const names = new Map<string, Map<string, Map<string, number>>>();
  for (const [field, count] of Object.entries(counts)) {
    const [name = "", labels = "", part, ...more] = field.split(SEPARATOR);
    if (part === undefined || more.length > 0 || !Number.isFinite(count) || count < 0) continue;
    const series = names.get(name) ?? new Map<string, Map<string, number>>();
    const parts = series.get(labels) ?? new Map<string, number>();
    names.set(name, series.set(labels, parts.set(part, count)));
  }
  return names;
}

function histogramSeries(measurement: HistogramMeasurement, fields: Fields): HistogramSeries[] {
  return [...allSeries(measurement.labels)].map(([text, labels]) => ({
    labels,
    ...distribution(measurement, fields.get(text) ?? new Map()),
  }));
}

function distribution({ buckets, unit }: HistogramMeasurement, parts: ReadonlyMap<string, number>) {
  const each = new Array<number>(buckets.length + 1).fill(0);
  for (const [part, count] of parts) {
    const bound = boundOf(part);
    if (bound === undefined) continue;
    const at = buckets.findIndex((upper) => bound <= upper);
    const bucket = at < 0 ? buckets.length : at;
    each[bucket] = (each[bucket] ?? 0) + count;
  }
  let count = 0;
  const cumulative = each.map((more) => {
    count += more;
    return count;
  });
  return { buckets: cumulative.slice(0, -1), count, sum: (parts.get(SUM) ?? 0) / PARTS[unit] };
}

/** The upper bound of the bucket that a part stands for, if it stands for one. */
function boundOf(part: string): number | undefined {
  if (!part.startsWith(BUCKET)) return undefined;
  const text = part.slice(BUCKET.length);
  if (text === INFINITY) return Number.POSITIVE_INFINITY;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function counterSeries(measurement: CounterMeasurement, fields: Fields): CounterSeries[] {
  const parts = measurement.unit ? COUNTED_PARTS[measurement.unit] : 1;
  return [...seriesOf(measurement.labels, fields.keys())].map(([text, labels]) => ({
    labels,
    count: (fields.get(text)?.get(TOTAL) ?? 0) / parts,
  }));
}
