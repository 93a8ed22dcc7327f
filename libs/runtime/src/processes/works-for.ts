import { readlinkSync } from "node:fs";
import { sep } from "node:path";
import { runOf } from "../run-name.ts";

/** A run by its directories: those of its name in the directory of all workspaces. */
export interface RunPlace {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly run: string;
}

/** Whether a process works in a directory of a run, or below it; false where we may not look. */
export function worksFor(pid: number, { root, run }: RunPlace): boolean {
  const current = workingDirectory(pid);
  if (!current?.startsWith(`${root}${sep}`)) return false;
  const [directory = ""] = current.slice(root.length + 1).split(sep);
  return runOf(directory) === run;
}

/** Whether a process works in a directory or below it; false where we may not look. */
export function worksIn(pid: number, directory: string): boolean {
  const current = workingDirectory(pid);
  return current === directory || current?.startsWith(`${directory}${sep}`) === true;
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "");
  } catch {
    // Processes end while we look, and there are such as we may not look at.
    return undefined;
  }
}
