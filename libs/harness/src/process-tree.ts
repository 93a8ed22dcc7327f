import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills a process and all its descendants, at once. Where there is no /proc, the process alone; the worker kills the
 * rest with the runner's group. Does nothing when it is gone already.
 */
export function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const victim of [pid, ...descendants(pid)]) kill(victim);
}

/** Kills everything that this process has started, also what has left its process group, but not itself. */
export function killStarted(): void {
  for (const victim of descendants(process.pid)) kill(victim);
}

/** The living processes below `root`, parents before children. */
function descendants(root: number): number[] {
  const children = Map.groupBy(processes(), ({ parent }) => parent);
  const found: number[] = [];
  for (let queue = [root]; queue.length > 0; ) {
    queue = queue.flatMap((parent) => (children.get(parent) ?? []).map(({ pid }) => pid));
    found.push(...queue);
  }
  return found;
}

function processes(): { pid: number; parent: number }[] {
  return procEntries().flatMap((name) => {
    const parent = parentOf(name);
    return parent === undefined ? [] : [{ pid: Number(name), parent }];
  });
}

function procEntries(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function parentOf(pid: string): number | undefined {
  try {
    // The name of the program, in parentheses, may hold anything.
    const [, fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(/\) (?!.*\) )/s);
    return Number(fields?.split(" ")[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
