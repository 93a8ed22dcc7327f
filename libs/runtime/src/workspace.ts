import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./remove-tree.ts";
import { type SeedFile, writeSeedFiles } from "./seed-files.ts";

const OWNER_ONLY = 0o700;
const TEMPORARY = ".tmp-";
/** What is named otherwise is none of ours, and is never removed. */
const RUN = /^inv_[0-9A-Z]{26}-\d+-\w{6,}$/;

/** A new name for the run of an attempt; its workspace bears it. */
export function newRun(invocationId: string, attempt: number): string {
  return `${invocationId}-${attempt}-${randomBytes(6).toString("hex")}`;
}

/** Whether this is a name that a run can have. */
export function isRun(name: string): boolean {
  return RUN.test(name);
}

/** The run that a directory belongs to; `undefined` for what is no directory of a run. */
export function runOf(directory: string): string | undefined {
  const run = directory.startsWith(TEMPORARY) ? directory.slice(TEMPORARY.length) : directory;
  return isRun(run) ? run : undefined;
}

/**
 * The throwaway directory of one attempt, and beside it, behind a leading dot, a private directory for temporary
 * files. Nobody but the owner can look into either.
 */
export class Workspace {
  readonly path: string;
  readonly temporary: string;

  /** @param root the directory of all workspaces, absolute and without symbolic links */
  constructor(root: string, run: string) {
    this.path = join(root, run);
    this.temporary = join(root, `${TEMPORARY}${run}`);
  }

  /** Makes both directories, which must not exist, and writes the seed files. What was made stays when it fails. */
  async create(files: readonly SeedFile[]): Promise<void> {
    await mkdir(this.path, { mode: OWNER_ONLY });
    await mkdir(this.temporary, { mode: OWNER_ONLY });
    await writeSeedFiles(this.path, files);
  }

  /** Removes both directories with all that is in them. Safe to call twice. */
  async remove(): Promise<void> {
    await removeTree(this.path);
    await removeTree(this.temporary);
  }

  /** Removes both before it returns; throws when something in them cannot be. */
  removeNow(): void {
    for (const path of [this.path, this.temporary]) rmSync(path, { recursive: true, force: true });
  }
}
