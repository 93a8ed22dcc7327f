/** Milliseconds with fractions on a clock that all processes of this machine share, since some time in the past. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
