import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The ids of the living processes whose working directory is `directory` or lies below it. Linux only. */
export function processesIn(directory: string): number[] {
  return pids().filter((pid) => worksIn(pid, directory));
}

/**
 * The ids of the living processes that runs with their workspaces in `workspaces` have started: those that work there,
 * and those whose environment names a directory there, as that of every runner and every tool does. Linux only.
 */
export function processesOfRuns(workspaces: string): number[] {
  return pids().filter((pid) => worksIn(pid, workspaces) || environment(pid).includes(`=${workspaces}/`));
}

/** The ids of the living processes that have `text` in their arguments. Linux only. */
export function processesNaming(text: string): number[] {
  return pids().filter((pid) => (read(pid, "cmdline") ?? "").includes(text));
}

/** The runners of a worker: its children that work in a workspace. Linux only. */
export function runnersOf(worker: number, workspaces: string): number[] {
  return processesIn(workspaces).filter((pid) => stat(pid)?.parent === worker);
}

/** The letter that the kernel describes a process by, such as T for one that is stopped; `undefined` for none. */
export function stateOf(pid: number): string | undefined {
  return stat(pid)?.state;
}

/** Those of these processes that have not ended. */
export function alive(candidates: readonly number[]): number[] {
  return candidates.filter((pid) => {
    const state = stateOf(pid);
    return state !== undefined && state !== "Z" && state !== "X";
  });
}

function pids(): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return alive(all.map(Number));
}

function stat(pid: number): { state: string; parent: number } | undefined {
  const text = read(pid, "stat");
  if (text === undefined) return undefined;
  // The program's name stands in parentheses and may hold any character.
  const [state = "", parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent) };
}

function worksIn(pid: number, directory: string): boolean {
  const at = unlessGone(() => readlinkSync(`/proc/${pid}/cwd`));
  return at === directory || at?.startsWith(`${directory}/`) === true;
}

function environment(pid: number): string {
  return read(pid, "environ") ?? "";
}

function read(pid: number, file: string): string | undefined {
  return unlessGone(() => readFileSync(`/proc/${pid}/${file}`, "latin1"));
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    // It has ended, or belongs to somebody else.
    return undefined;
  }
}
