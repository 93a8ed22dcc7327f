/** The value below which this share of the values lies, from 0 to 1; `NaN` of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Says how values in milliseconds are distributed. */
export function distribution(values: readonly number[]): string {
  if (values.length === 0) return "none";
  const [p50, p99, max] = [quantile(values, 0.5), quantile(values, 0.99), Math.max(...values)].map(seconds);
  return `n=${values.length}, p50 ${p50}, p99 ${p99}, max ${max}`;
}

/** Milliseconds as people read them. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
