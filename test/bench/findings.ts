import type { PiBuild } from "./baseline/pi.ts";
import type { Machine } from "./machine.ts";
import type { Report } from "./report.ts";
import type { RowResult } from "./rows/row-result.ts";

/** What a run of the benchmarks found, and where. */
export interface Findings {
  readonly machine: Machine;
  /** What the baselines spawn. */
  readonly pi: PiBuild;
  readonly rows: readonly RowResult[];
  /** Each with the name of its measurement. */
  readonly reports: readonly (Report & { readonly measurement: string })[];
}
