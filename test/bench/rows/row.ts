import type { Baseline, ContestantName } from "../contestants/contestant.ts";
import type { MeasurementName } from "../measurements/every-measurement.ts";

/** What a target is a multiple of: a baseline, or in a comparison the side that is off. */
export type Scale = Baseline | "off";

/** What a figure is to be: a number in its own unit, or a multiple of what a baseline takes in the same run. */
export interface Target {
  readonly bound: "≤" | "≥";
  readonly value: number;
  readonly times?: Scale;
}

/** A line of the table: a figure of a measurement, beside the figures of the same name that others got. */
export interface Row {
  /** What it is asked for by. */
  readonly name: string;
  readonly title: string;
  readonly measurement: MeasurementName;
  /** The name of the figure, or of a comparison, of which the row tells the side that is on. */
  readonly figure: string;
  /** Whom it is of. Default: whoever is measured alone, else our fleet. */
  readonly by?: ContestantName;
  /** The share of values that lie below what is told, from 0 to 1. Default: the median. */
  readonly quantile?: number;
  readonly target?: Target;
  /** What it is to be on two idle cores, in its own unit; this machine may be slower. */
  readonly orientation?: Target;
}

export function atMost(value: number, times?: Scale): Target {
  return { bound: "≤", value, ...(times && { times }) };
}

export function atLeast(value: number, times?: Scale): Target {
  return { bound: "≥", value, ...(times && { times }) };
}
