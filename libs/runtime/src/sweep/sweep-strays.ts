import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { modifiedAt } from "../modified-at.ts";
import type { RunRegister } from "../ownership/run-register.ts";
import { readProcesses } from "../processes/process-table.ts";
import { worksIn } from "../processes/works-for.ts";
import { removeTree } from "../remove-tree.ts";
import { isWorkspace, runOf } from "../run-name.ts";

/**
 * Removes what has no record, or none that can be read, since before a time (Unix milliseconds): a power cut leaves
 * such. Returns how many workspaces there were.
 */
export async function sweepStrays(root: string, register: RunRegister, before: number): Promise<number> {
  await removeUnreadable(register, before);
  await register.removeDrafts(before);
  const recorded = new Set((await register.list()).map(({ run }) => run));
  let workspaces = 0;
  for (const name of await readdir(root)) {
    const run = runOf(name);
    const path = join(root, name);
    if (run === undefined || recorded.has(run) || !(await isStray(path, before))) continue;
    await removeTree(path);
    if (isWorkspace(name)) workspaces += 1;
  }
  return workspaces;
}

async function removeUnreadable(register: RunRegister, before: number): Promise<void> {
  for (const { run, record } of await register.list()) {
    if (!record && ((await register.writtenAt(run)) ?? before) < before) await register.remove(run);
  }
}

/** A directory in which somebody works is none, whosever it is. */
async function isStray(path: string, before: number): Promise<boolean> {
  const changedAt = await modifiedAt(path);
  return changedAt !== undefined && changedAt < before && !readProcesses().some(({ pid }) => worksIn(pid, path));
}
