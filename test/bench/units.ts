import type { Unit } from "./report.ts";

const DIGITS: Record<Unit, number> = {
  ms: 1,
  MB: 1,
  bytes: 0,
  "runs/s": 2,
  "/s": 0,
  events: 0,
  commands: 1,
  "%": 2,
  "×": 2,
};

/** A figure without its unit. */
export function numberIn(value: number, unit: Unit): string {
  return value.toLocaleString("en", { minimumFractionDigits: DIGITS[unit], maximumFractionDigits: DIGITS[unit] });
}

/** A figure with its unit. */
export function shownIn(value: number, unit: Unit): string {
  return `${numberIn(value, unit)} ${unit}`;
}
