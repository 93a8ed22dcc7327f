import { BASELINES } from "../contestants/contestant.ts";
import type { Figure, Report, Unit } from "../report.ts";
import { quantile } from "../statistics.ts";
import type { Row, Scale, Target } from "./row.ts";

const MEDIAN = 0.5;

/** A row as it was measured. */
export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly measurement: string;
  readonly unit: Unit;
  readonly value: number;
  /** What others got in the same run; of a comparison, the side that is off. */
  readonly baselines: Baselines;
  /** Ours as a multiple of the baseline that the target names, else of the hand-written fleet; absent without one. */
  readonly ratio?: number;
  readonly target?: Target;
  readonly orientation?: Target;
  /** Whether the target was met, or where there is none, the orientation. */
  readonly met?: boolean;
}

type Baselines = Readonly<Partial<Record<Scale, number>>>;

/** Reads a row off what was measured. @throws {Error} when the measurement has no such figure */
export function resultOf(row: Row, report: Report): RowResult {
  const { name, title, measurement, target, orientation } = row;
  const { unit, value, baselines } = comparedIn(row, report) ?? measuredIn(row, report);
  const beside = baselines[target?.times ?? "hand-written"];
  const goal = target ?? orientation;
  const met = goal && meets(value, goal, baselines);
  return {
    name,
    title,
    measurement,
    unit,
    value,
    baselines,
    ...(beside !== undefined && { ratio: value / beside }),
    ...(target && { target }),
    ...(orientation && { orientation }),
    ...(met !== undefined && { met }),
  };
}

type Found = Pick<RowResult, "unit" | "value" | "baselines">;

function comparedIn(row: Row, { comparisons }: Report): Found | undefined {
  const compared = comparisons.find(({ name }) => name === row.figure);
  if (!compared) return undefined;
  return { unit: compared.unit, value: told(row, compared.on), baselines: { off: told(row, compared.off) } };
}

function measuredIn(row: Row, { figures }: Report): Found {
  const { name, measurement, figure, by = "Pi Fleet" } = row;
  const named = figures.filter((candidate) => candidate.name === figure && candidate.values.length > 0);
  const own = named.find((candidate) => candidate.by === undefined || candidate.by === by);
  if (!own) throw new Error(`Row ${name}: ${measurement} has no figure '${figure}' of ${by}`);
  const others = BASELINES.flatMap((baseline): [Scale, Figure][] => {
    const other = named.find((candidate) => candidate.by === baseline);
    return other ? [[baseline, other]] : [];
  });
  const baselines = Object.fromEntries(others.map(([baseline, { values }]) => [baseline, told(row, values)]));
  return { unit: own.unit, value: told(row, own.values), baselines };
}

function told({ quantile: share = MEDIAN }: Row, values: readonly number[]): number {
  return quantile(values, share);
}

function meets(value: number, { bound, value: limit, times }: Target, baselines: Baselines): boolean | undefined {
  const scale = times === undefined ? 1 : baselines[times];
  if (scale === undefined) return undefined;
  return bound === "≤" ? value <= limit * scale : value >= limit * scale;
}
