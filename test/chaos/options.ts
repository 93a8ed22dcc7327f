import { parseArgs } from "node:util";

/** What the program measures: everything at once under chaos, or one thing alone. */
const MEASURES = ["chaos", "kill-worker", "cancel", "busy"] as const;
type Measure = (typeof MEASURES)[number];

export interface Options {
  readonly only: Measure;
  /** How long faults are injected, or the machine is kept busy, milliseconds. */
  readonly durationMs: number;
  readonly seed: number;
  readonly workers: number;
  /** How often a single thing is measured. */
  readonly times: number;
  /** Where everything is written down that is needed to understand a flaw. */
  readonly logs: string | undefined;
}

export const USAGE = `npm run chaos -- [options]
  --minutes N     how long faults are injected (default 10; of --only busy 1)
  --seed S        a whole number by which the choices can be made again
  --workers N     default 3
  --only WHAT     measure one thing alone: kill-worker, cancel, busy
  --times N       how often (default 20)
  --logs DIR      write down there what is needed to understand a flaw`;

/** @throws {TypeError} for arguments that are none */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string" },
      seed: { type: "string" },
      workers: { type: "string", default: "3" },
      only: { type: "string", default: "chaos" },
      times: { type: "string", default: "20" },
      logs: { type: "string" },
    },
  });
  const only = MEASURES.find((measure) => measure === values.only);
  if (!only) throw new TypeError(`--only is one of ${MEASURES.join(", ")}`);
  return {
    only,
    durationMs: positive("minutes", values.minutes ?? (only === "busy" ? "1" : "10")) * 60_000,
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : whole("seed", values.seed),
    workers: whole("workers", values.workers),
    times: whole("times", values.times),
    logs: values.logs,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new TypeError(`--${name} must be a number above zero`);
  return number;
}

function whole(name: string, text: string): number {
  const number = positive(name, text);
  if (!Number.isSafeInteger(number)) throw new TypeError(`--${name} must be a whole number`);
  return number;
}
