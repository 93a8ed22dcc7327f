import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, isMissing } from "./system-error.ts";

/**
 * Removes a directory with all that is in it, also what a tool has made read-only, and also while somebody else removes
 * it. Symbolic links are removed, never followed. Nothing is there: nothing is done.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!isDenied(error)) throw error;
    await openUp(path);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Lets the owner into a directory and all below it. Only for when no process of the run is left. */
async function openUp(directory: string): Promise<void> {
  try {
    await chmod(directory, 0o700);
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      // A link to a directory is no directory here.
      if (entry.isDirectory()) await openUp(join(directory, entry.name));
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isDenied(error: unknown): boolean {
  return ["EACCES", "EPERM", "ENOTEMPTY"].includes(errorCode(error) ?? "");
}
