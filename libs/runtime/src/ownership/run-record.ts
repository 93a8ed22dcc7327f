import { isObject, parseJson } from "../json.ts";
import { isWorkerIdentity, type WorkerIdentity } from "./worker-identity.ts";

/**
 * Whose a run is, and how its processes are told from others: all that a worker needs to clean up after another one
 * that has died. Where its directories are follows from its name.
 */
export interface RunRecord {
  readonly owner: WorkerIdentity;
  /** The value of the marker variable in the environment of its processes. */
  readonly marker: string;
  /** The directory of its control group, when it has one. */
  readonly group?: string;
  /** The runner's process, once there is one. */
  readonly runner?: { readonly pid: number; readonly startTicks: number };
}

/** Reads a record; `undefined` for anything else, such as what a power cut has left of one. */
export function parseRunRecord(text: string): RunRecord | undefined {
  const value = parseJson(text);
  return isRunRecord(value) ? value : undefined;
}

function isRunRecord(value: unknown): value is RunRecord {
  if (!isObject(value) || !isWorkerIdentity(value.owner)) return false;
  const { marker, group, runner } = value;
  // The marker decides over the life of processes: only what this program makes is one.
  const marked = typeof marker === "string" && /^[0-9a-f]{32}$/.test(marker);
  return marked && (group === undefined || typeof group === "string") && (runner === undefined || isProcess(runner));
}

function isProcess(value: unknown): boolean {
  return isObject(value) && Number.isSafeInteger(value.pid) && Number.isSafeInteger(value.startTicks);
}
