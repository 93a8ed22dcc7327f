import { parseArgs } from "node:util";

export interface Options {
  /** How long the attacks go on, milliseconds. */
  readonly durationMs: number;
  readonly seed: number;
  readonly workers: number;
  /** The names of the attacks that are made; empty for all. */
  readonly only: readonly string[];
}

export const USAGE = `npm run test:hostile -- [options]
  --minutes N     how long the attacks go on (default 5)
  --seed S        a whole number; the same seed makes the same choices
  --workers N     default 2
  --only A,B      these attacks alone, by their names`;

/** @throws {TypeError} for arguments that it does not know */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string" },
      workers: { type: "string", default: "2" },
      only: { type: "string", default: "" },
    },
  });
  return {
    durationMs: positive("minutes", values.minutes) * 60_000,
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : positive("seed", values.seed),
    workers: positive("workers", values.workers),
    only: values.only.split(",").filter((name) => name !== ""),
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new TypeError(`--${name} must be a number above zero`);
  return number;
}
