/** How much one run may take, with all its processes. `undefined` is any amount. */
export interface RunLimits {
  /** Memory, bytes. */
  readonly memoryBytes?: number | undefined;
  /** Processes at once, the runner included. */
  readonly processes?: number | undefined;
  /** The workspace and the temporary files, bytes. */
  readonly diskBytes?: number | undefined;
}

/** The kernel counts threads, and stops forks without a word: its limit is for what grows faster than we look. */
export const TASKS_PER_PROCESS = 4;

export type LimitedResource = "memory" | "processes" | "disk";

const MB = 1_048_576;

/** Why a run is ended that has taken too much: reads on from "The run …". */
export function describeExcess(resource: LimitedResource, limit: number): string {
  switch (resource) {
    case "memory":
      return `took more than ${Math.round(limit / MB)} MB of memory (PIFLEET_RUN_MEMORY_MB)`;
    case "processes":
      return `had more than ${limit} processes at once (PIFLEET_RUN_PROCESSES)`;
    case "disk":
      return `wrote more than ${Math.round(limit / MB)} MB to its workspace and temporary files (PIFLEET_RUN_DISK_MB)`;
  }
}
