import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";

const TEMPORARY = ".tmp-";

/** The ids of the living processes whose working directory is `directory` or lies below it. Linux only. */
function processesIn(directory: string): number[] {
  return pids().filter((pid) => worksIn(pid, directory));
}

/**
 * The ids of the living processes that attempts with their workspaces in `workspaces` have started: those that work
 * there, and those whose environment names a directory there, as that of every runner and every tool does. Runners that
 * wait for an attempt are nobody's yet. Linux only.
 */
export function processesOfRuns(workspaces: string): number[] {
  const started = pids().filter((pid) => worksIn(pid, workspaces) || environment(pid).includes(`=${workspaces}/`));
  // Looked at last: a runner that was started ahead between the two looks would else be taken for one of a run.
  const waiting = new Set(waitingRunners(workspaces).map(({ pid }) => pid));
  return alive(started.filter((pid) => !waiting.has(pid)));
}

/** The runners that wait for an attempt: each works in the directory of its run, which has no workspace. Linux only. */
export function waitingRunners(workspaces: string): { pid: number; run: string }[] {
  const names = readdirSync(workspaces);
  const runs = names.filter((name) => name.startsWith(TEMPORARY)).map((name) => name.slice(TEMPORARY.length));
  const waiting = new Set(runs.filter((run) => !names.some((name) => name.endsWith(`-${run}`) && !isHidden(name))));
  return processesIn(workspaces).flatMap((pid) => {
    const directory = workingDirectory(pid) ?? "";
    const run = basename(directory).slice(TEMPORARY.length);
    return directory === join(workspaces, `${TEMPORARY}${run}`) && waiting.has(run) ? [{ pid, run }] : [];
  });
}

/** What attempts have left in the directory of the workspaces: workspaces, temporary files, records of runs. */
export function remainsOfRuns(workspaces: string): string[] {
  const entries = readdirSync(workspaces).filter((name) => !isHidden(name) || name.startsWith(TEMPORARY));
  const records = (unlessGone(() => readdirSync(join(workspaces, ".runs"))) ?? []).map((name) => join(".runs", name));
  const waiting = waitingRunners(workspaces).map(({ run }) => run);
  return [...entries, ...records].filter((name) => !waiting.some((run) => name.includes(run)));
}

/** The ids of the living processes that have `text` in their arguments. Linux only. */
export function processesNaming(text: string): number[] {
  return pids().filter((pid) => (read(pid, "cmdline") ?? "").includes(text));
}

/** The runners of a worker that serve attempts. Linux only. */
export function runnersOf(worker: number, workspaces: string): number[] {
  return processesOfRuns(workspaces).filter((pid) => stat(pid)?.parent === worker);
}

/** The ids of the living processes that a process has started, and of those that they have started. Linux only. */
export function descendantsOf(ancestor: number): number[] {
  const all = pids().map((pid) => ({ pid, parent: stat(pid)?.parent }));
  const below = (pid: number): number[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(ancestor);
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
  const at = workingDirectory(pid);
  return at === directory || at?.startsWith(`${directory}/`) === true;
}

function workingDirectory(pid: number): string | undefined {
  return unlessGone(() => readlinkSync(`/proc/${pid}/cwd`));
}

function isHidden(name: string): boolean {
  return name.startsWith(".");
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
