/** The value below which this share of the values lies, from 0 to 1, between two values if need be; `NaN` of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What is computed of the values of the same round. */
export function pairwise(
  a: readonly number[],
  b: readonly number[],
  compute: (a: number, b: number) => number,
): number[] {
  return a.map((value, i) => compute(value, b[i] ?? Number.NaN));
}
