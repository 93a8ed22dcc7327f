import { randomBytes } from "node:crypto";
import { chmod, readdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, isMissing, unlessMissing } from "./system-error.ts";

/** Errors at which `rm` gives up and `flatten` does not: directories that a tool made read-only, and paths longer than the system takes. */
const OBSTACLES = ["EACCES", "EPERM", "ENOTEMPTY", "ENAMETOOLONG"];

/**
 * Removes a directory with all that is in it, also what a tool has made read-only or nested deeper than a path can name,
 * and also while somebody else removes it. Symbolic links are removed, never followed. Nothing is there: nothing is done.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!OBSTACLES.includes(errorCode(error) ?? "")) throw error;
    await unlessMissing(flatten(path), undefined);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Empties a directory without ever naming anything deeper than three levels: the directories in its directories are moved up
 * before those are removed. Only for when no process of the run is left.
 */
async function flatten(root: string): Promise<void> {
  await chmod(root, 0o700);
  for (let directories = await childrenOf(root); directories.length > 0; directories = await childrenOf(root)) {
    for (const directory of directories) await unlessMissing(dissolve(root, directory), undefined);
  }
}

/** Moves the directories in a directory up to the root, and removes the rest with the directory. */
async function dissolve(root: string, directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const child of await childrenOf(directory)) {
    // A directory that moves is written to: its entry `..` changes.
    await chmod(child, 0o700);
    await rename(child, join(root, randomBytes(12).toString("hex")));
  }
  await rmdir(directory);
}

/** The directories in a directory, of which everything else is removed. A link to a directory is no directory here. */
async function childrenOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries) if (!entry.isDirectory()) await removeFile(join(directory, entry.name));
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
