import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FilePath } from "@pifleet/invocation";

/** A new file, and never through a symbolic link. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export interface SeedFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly content: string;
}

/** Writes the files that a workspace starts with, for the owner's eyes only. The workspace must be new. */
export async function writeSeedFiles(workspace: string, files: readonly SeedFile[]): Promise<void> {
  for (const { path, content } of files) {
    const target = join(workspace, FilePath.parse(path));
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const file = await open(target, NEW_FILE, 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  }
}
