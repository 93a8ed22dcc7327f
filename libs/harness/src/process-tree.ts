import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills a process and all its descendants, at once. Where there is no /proc, the process alone; the worker kills the
 * rest with the runner's group. Does nothing when it is gone already.
 */
export function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const victim of [pid, ...descendants(pid)]) kill(victim);
}

/**
 * Kills everything that this process has started, also what has left its process group or was forked twice, and the
 * others of its process group, but not itself.
 * @param marker the variable by whose value in the environment the processes of this run are known
 */
export function killStarted(marker: string): void {
  // A process that forks while the others are killed is found by the second look.
  for (let look = 0; look < 2; look += 1) {
    for (const victim of new Set([...descendants(process.pid), ...groupMembers(), ...marked(marker)])) kill(victim);
  }
}

/**
 * Ends this process at once. A process that kills itself by its own number is made to write Node's compile cache first,
 * which takes up to seconds; by the number of another of its threads Linux kills the whole process, and Node does not
 * know.
 */
export function killSelf(): void {
  const thread = threads().find((id) => id !== process.pid);
  kill(thread ?? process.pid);
}

function threads(): number[] {
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    // There is no /proc.
    return [];
  }
}

/** The others of the process group that this process leads. */
function groupMembers(): number[] {
  return processes().flatMap(({ pid, group }) => (group === process.pid && pid !== process.pid ? [pid] : []));
}

/** The living processes that have the same value of a variable as this one, without this one. */
function marked(name: string): number[] {
  const value = process.env[name];
  if (value === undefined) return [];
  const others = procEntries().filter((pid) => Number(pid) !== process.pid);
  return others.filter((pid) => environmentOf(pid).includes(`${name}=${value}`)).map(Number);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    // It has ended, or belongs to somebody else.
    return [];
  }
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

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

function processes(): ProcessEntry[] {
  return procEntries().flatMap((name) => {
    const entry = readEntry(name);
    return entry ? [entry] : [];
  });
}

function procEntries(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function readEntry(pid: string): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in parentheses, may hold anything, parentheses too.
    const [, parent, group] = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
    return { pid: Number(pid), parent: Number(parent), group: Number(group) };
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
