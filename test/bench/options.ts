import { parseArgs } from "node:util";
import { PI_BUILDS, type PiBuild } from "./baseline/pi.ts";
import { MEASUREMENT_NAMES, type MeasurementName } from "./measurements/every-measurement.ts";
import { ROWS } from "./rows/every-row.ts";
import type { Row } from "./rows/row.ts";

export interface Options {
  /** The rows of the table. */
  readonly rows: readonly Row[];
  /** What is measured. */
  readonly measurements: readonly MeasurementName[];
  /** How often everything is measured. */
  readonly rounds: number;
  readonly quick: boolean;
  /** What the baselines spawn. */
  readonly pi: PiBuild;
  /** Whether the table is followed by all figures of the measurements. */
  readonly details: boolean;
  /** Whether the output is JSON with every single value; the table goes to the error output then. */
  readonly json: boolean;
}

const DEFAULT_ROUNDS = 4;
const MAX_ROUNDS = 1_000;
const ROW_NAMES = ROWS.map(({ name }) => name);

export const USAGE = `npm run bench -- [options]
  --only NAME   one row or measurement alone, several by naming the option again
                rows: ${ROW_NAMES.join(", ")}
                measurements: ${MEASUREMENT_NAMES.join(", ")}
  --all         also the measurements that no row is read off
  --quick       one round, for a first look
  --pi BUILD    which pi the others spawn: ${PI_BUILDS.join(" or ")} (default ${PI_BUILDS[0]})
  --rounds N    how often everything is measured (default ${DEFAULT_ROUNDS})
  --details     all figures of what was measured, too
  --json        every single value as JSON on the output, the table on the error output`;

/** @throws {TypeError} for arguments that are none */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true },
      all: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      pi: { type: "string", default: PI_BUILDS[0] },
      rounds: { type: "string" },
      details: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : DEFAULT_ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS)
    throw new TypeError(`--rounds must be a whole number from 1 to ${MAX_ROUNDS}`);
  const pi = PI_BUILDS.find((build) => build === values.pi);
  if (!pi) throw new TypeError(`--pi must be ${PI_BUILDS.join(" or ")}`);
  const { quick, details, json } = values;
  return { ...chosen(values.only, values.all), rounds, quick, pi, details, json };
}

function chosen(only: readonly string[] | undefined, all: boolean): Pick<Options, "rows" | "measurements"> {
  const unknown = only?.find((name) => !isMeasurement(name) && !ROW_NAMES.includes(name));
  if (unknown !== undefined) throw new TypeError(`--only: there is no row and no measurement '${unknown}'`);
  const rows = ROWS.filter(({ name, measurement }) => !only || only.includes(name) || only.includes(measurement));
  const wanted = new Set([...rows.map(({ measurement }) => measurement), ...(only?.filter(isMeasurement) ?? [])]);
  return {
    rows,
    measurements: all && !only ? MEASUREMENT_NAMES : MEASUREMENT_NAMES.filter((name) => wanted.has(name)),
  };
}

function isMeasurement(name: string): name is MeasurementName {
  return (MEASUREMENT_NAMES as string[]).includes(name);
}
