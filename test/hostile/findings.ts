import type { InnocentRun } from "./innocents.ts";
import type { MemoryWatch } from "./memory-watch.ts";

/** What was seen of the fleet while it was attacked. */
export interface Findings {
  readonly undisturbed: readonly InnocentRun[];
  readonly attacked: readonly InnocentRun[];
  readonly failures: readonly string[];
  readonly deaths: readonly (number | string)[];
  /** How often each attack was made, and how many innocent runs it met that took long to start. */
  readonly strikes: ReadonlyMap<string, number>;
  readonly peaksMb: MemoryWatch["peaks"];
  readonly stolen: readonly string[];
  readonly leftProcesses: number;
  readonly leftDirectories: readonly string[];
}
