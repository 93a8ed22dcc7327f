import { constants } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FilePath } from "@pifleet/invocation";

/** A new file, and never through a symbolic link. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** So many are written at once. */
const AT_ONCE = 4;

export interface SeedFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly content: string;
}

/** Writes the files that a workspace starts with, for the owner's eyes only. The workspace must be new. */
export async function writeSeedFiles(workspace: string, files: readonly SeedFile[]): Promise<void> {
  const targets = files.map(({ path, content }) => ({ target: join(workspace, FilePath.parse(path)), content }));
  for (const directory of new Set(targets.map(({ target }) => dirname(target))))
    if (directory !== workspace) await mkdir(directory, { recursive: true, mode: 0o700 });
  const left = targets.values();
  const write = async () => {
    for (const { target, content } of left) await writeFile(target, content, { flag: NEW_FILE, mode: 0o600 });
  };
  // Nothing may be written any more when this has failed.
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, write));
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}
