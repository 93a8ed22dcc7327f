import type { Gap } from "./arena.ts";
import type { InnocentRun } from "./innocents.ts";
import type { MemoryWatch } from "./memory-watch.ts";

/** An attack that was made once. */
export interface Strike {
  readonly name: string;
  /** Epoch, milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** What was seen of the fleet while it was attacked. */
export interface Findings {
  readonly undisturbed: readonly InnocentRun[];
  readonly attacked: readonly InnocentRun[];
  readonly failures: readonly string[];
  readonly deaths: readonly (number | string)[];
  readonly strikes: readonly Strike[];
  readonly gaps: readonly Gap[];
  readonly peaksMb: MemoryWatch["peaks"];
  readonly stolen: readonly string[];
  readonly leftProcesses: number;
  readonly leftDirectories: readonly string[];
}
