import { parseArgs } from "node:util";
import { MEASUREMENTS } from "./measurements/every-measurement.ts";

export interface Options {
  /** The names of the measurements that are made. */
  readonly names: readonly string[];
  /** How often everything is measured. */
  readonly rounds: number;
  /** Whether the figures are printed as JSON, with every single value. */
  readonly json: boolean;
}

const DEFAULT_ROUNDS = 4;
const MAX_ROUNDS = 1_000;
const NAMES = Object.keys(MEASUREMENTS);

export const USAGE = `npm run bench -- [options]
  --only NAME   one measurement alone, several by naming the option again: ${NAMES.join(", ")}
  --rounds N    how often everything is measured (default ${DEFAULT_ROUNDS})
  --json        every value as JSON`;

/** @throws {TypeError} for arguments that are none */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true },
      rounds: { type: "string", default: String(DEFAULT_ROUNDS) },
      json: { type: "boolean", default: false },
    },
  });
  const unknown = values.only?.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new TypeError(`--only is one of ${NAMES.join(", ")}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS)
    throw new TypeError(`--rounds must be a whole number from 1 to ${MAX_ROUNDS}`);
  return { names: values.only ?? NAMES, rounds, json: values.json };
}
