import { readdirSync, readFileSync } from "node:fs";

/** A process of this machine. */
export interface Living {
  readonly pid: number;
  /** The pid together with the start time. */
  readonly key: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Empty for a zombie. */
  readonly command: string;
}

/** Every process of this machine that can be seen; none where there is no /proc. */
export function livingProcesses(): Living[] {
  return pids().flatMap((pid) => read(pid) ?? []);
}

/** The ids of all processes; none where there is no /proc. */
function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Whether a process ended while it was looked at, or is not ours to look at. */
export function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM";
}

function read(pid: number): Living | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the name, which may hold anything: state, parent, group, session, …, start time as the twentieth.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parent = "", group = "", session = ""] = fields;
    const command =
      state === "Z" ? "" : readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean).join(" ");
    const ids = { parent: Number(parent), group: Number(group), session: Number(session) };
    return { pid, key: `${pid}:${fields[19]}`, ...ids, command };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
