import type { Machine } from "./machine.ts";
import type { Report } from "./report.ts";
import type { RowResult } from "./rows/row-result.ts";

/** What a run of the benchmarks found, and where. */
export interface Findings {
  readonly machine: Machine;
  readonly rows: readonly RowResult[];
  readonly reports: readonly Report[];
}
