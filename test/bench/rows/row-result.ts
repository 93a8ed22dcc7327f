import { BASELINES, type Baseline } from "../contestants/contestant.ts";
import type { Figure, Report, Unit } from "../report.ts";
import { quantile } from "../statistics.ts";
import type { Row, Target } from "./row.ts";

const MEDIAN = 0.5;

/** A row as it was measured. */
export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  readonly value: number;
  /** What others got in the same run. */
  readonly baselines: Readonly<Partial<Record<Baseline, number>>>;
  /** Ours as a multiple of the baseline that the target names, else of the hand-written fleet; absent without one. */
  readonly ratio?: number;
  readonly target?: Target;
  readonly orientation?: Target;
  /** Whether the target was met, or where there is none, the orientation. */
  readonly met?: boolean;
}

/** Reads a row off what was measured. @throws {Error} when the measurement has no such figure */
export function resultOf(row: Row, { figures }: Report): RowResult {
  const { name, title, by = "Pi Fleet", target, orientation } = row;
  const named = figures.filter(({ name: figure }) => figure === row.figure);
  const own = named.find((figure) => figure.by === undefined || figure.by === by);
  if (!own) throw new Error(`Row ${name}: ${row.measurement} has no figure '${row.figure}' of ${by}`);
  const told = ({ values }: Figure) => quantile(values, row.quantile ?? MEDIAN);
  const value = told(own);
  const baselines = Object.fromEntries(
    BASELINES.flatMap((baseline) => {
      const figure = named.find((candidate) => candidate.by === baseline && candidate.values.length > 0);
      return figure ? [[baseline, told(figure)]] : [];
    }),
  ) as RowResult["baselines"];
  const beside = baselines[target?.times ?? "hand-written"];
  const goal = target ?? orientation;
  const met = goal && meets(value, goal, baselines);
  return {
    name,
    title,
    unit: own.unit,
    value,
    baselines,
    ...(beside !== undefined && { ratio: value / beside }),
    ...(target && { target }),
    ...(orientation && { orientation }),
    ...(met !== undefined && { met }),
  };
}

function meets(value: number, { bound, value: limit, times }: Target, baselines: RowResult["baselines"]) {
  const scale = times === undefined ? 1 : baselines[times];
  if (scale === undefined) return undefined;
  return bound === "≤" ? value <= limit * scale : value >= limit * scale;
}
