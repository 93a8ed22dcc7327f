import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

/** Read buffer, longer than any line of a process can be. */
const LINE = Buffer.allocUnsafe(4_096);

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  /** R, S, D, T (stopped), … */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it was started, in clock ticks since boot. */
  readonly startTicks: number;
  /** Whether it is on its way out: killed, or about to exit, and not ended yet. */
  readonly isEnding: boolean;
}

/** See PF_EXITING in the kernel's sched.h. */
const EXITING = 0x4;
/** SIGKILL in a bitmap of signals. */
const KILLED = 1 << 8;

/** Whether this machine has the process table that we read. */
export const HAS_PROCESS_TABLE = readProcess(process.pid) !== undefined;

/** Every living process; one that has ended and was not collected yet is none. */
export function readProcesses(): ProcessEntry[] {
  return readdirSync("/proc").flatMap((name) => {
    const entry = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    return entry && entry.state !== "Z" && entry.state !== "X" ? [entry] : [];
  });
}

/** One process, also one that was not collected yet; `undefined` when there is none. */
export function readProcess(pid: number): ProcessEntry | undefined {
  const stat = attempt(() => readLine(`/proc/${pid}/stat`));
  if (stat === undefined) return undefined;
  // The program's name, in parentheses, may hold anything, parentheses and spaces too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (place: number) => Number(fields[place - 3]);
  return {
    pid,
    state: fields[0] ?? "",
    parent: field(4),
    group: field(5),
    session: field(6),
    startTicks: field(22),
    isEnding: (field(9) & EXITING) !== 0 || (field(31) & KILLED) !== 0,
  };
}

/** Whether a process was started with this variable in its environment; false where we may not look. */
export function hasVariable(pid: number, variable: string): boolean {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, "latin1"));
  return environment?.split("\0").includes(variable) ?? false;
}

/** The value of a variable with which a process was started; `undefined` where there is none, or we may not look. */
export function variableOf(pid: number, name: string): string | undefined {
  const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, "latin1"));
  const variable = environment?.split("\0").find((each) => each.startsWith(`${name}=`));
  return variable?.slice(name.length + 1);
}

/** Reads a small file in half the time that `readFileSync` takes: every end of a run reads one of each process. */
function readLine(path: string): string {
  const file = openSync(path, "r");
  try {
    return LINE.toString("latin1", 0, readSync(file, LINE));
  } finally {
    closeSync(file);
  }
}

/** Processes end while we read: what cannot be read is not there. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
