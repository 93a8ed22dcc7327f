import { BASELINES } from "../contestants/contestant.ts";
import type { Unit } from "../report.ts";
import { aligned } from "../table.ts";
import { numberIn, shownIn } from "../units.ts";
import type { Target } from "./row.ts";
import type { RowResult } from "./row-result.ts";

const SMALL_SHARE = 0.25;
const HEAD = ["figure", "Pi Fleet", ...BASELINES, "ratio", "target", "met", "on 2 idle cores"];

/** The rows as a table. */
export function rowTable(rows: readonly RowResult[]): string[] {
  return aligned([HEAD, ...rows.map(cells)]);
}

function cells({ title, unit, value, baselines, ratio, target, orientation, met }: RowResult): string[] {
  return [
    title,
    shownIn(value, unit),
    ...BASELINES.map((name) => (baselines[name] === undefined ? "" : numberIn(baselines[name], unit))),
    ratio === undefined ? "" : ratio.toPrecision(2),
    target ? goal(target, unit) : "",
    met === undefined ? "" : met ? "yes" : "no",
    orientation ? goal(orientation, unit) : "",
  ];
}

function goal({ bound, value, times }: Target, unit: Unit): string {
  return `${bound} ${times === undefined ? shownIn(value, unit) : `${multiple(value)} × ${times}`}`;
}

/** A small share is told as a fraction, such as 1/30. */
function multiple(value: number): string {
  const parts = Math.round(1 / value);
  return value <= SMALL_SHARE ? `1/${parts}` : String(value);
}
