import { readdirSync, readlinkSync } from "node:fs";

/** The ids of the living processes whose working directory is `directory` or lies below it. Linux only. */
export function processesIn(directory: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const at = workingDirectory(pid);
      return at === directory || at?.startsWith(`${directory}/`);
    });
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // It has ended, or belongs to somebody else.
    return undefined;
  }
}
