import { readFileSync } from "node:fs";

/**
 * The memory of a process in which what it shares with others counts by its share (PSS), megabytes of 2^20 bytes.
 * Linux only.
 */
export function proportionalMb(pid: number): number {
  const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1")) ?? [];
  return Number(kilobytes) / 1_024;
}
