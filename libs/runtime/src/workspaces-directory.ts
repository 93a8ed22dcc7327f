import { lstat, mkdir, realpath } from "node:fs/promises";

const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;
const ADVICE = "name a directory that does not exist yet, and the worker makes it for itself";

/**
 * Makes the directory of the workspaces, unless it is there; returns its path without symbolic links. Whoever owns the
 * directory, or may rename what is in it, could put something else in the place of a run's files.
 * @throws when it belongs to another user, is a symbolic link, or others may remove what is in it
 */
export async function openWorkspacesDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const entry = await lstat(path);
  const { uid, mode } = entry;
  const refuse = (reason: string): never => {
    throw new Error(`${path} ${reason}; ${ADVICE}`);
  };
  if (entry.isSymbolicLink()) refuse("is a symbolic link");
  const own = process.getuid?.();
  // The superuser can change everything in any case.
  if (own !== undefined && uid !== own && uid !== 0) refuse(`belongs to another user (${uid})`);
  if (mode & WRITABLE_BY_ALL && !(mode & STICKY))
    refuse("can be written by every user, who could replace what is in it");
  return realpath(path);
}
