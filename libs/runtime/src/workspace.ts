import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { removeTree } from "./remove-tree.ts";
import { type SeedFile, writeSeedFiles } from "./seed-files.ts";

const OWNER_ONLY = 0o700;

export interface WorkspaceRequest {
  /** The directory that holds all workspaces; made when it is missing. */
  readonly root: string;
  readonly invocationId: string;
  readonly attempt: number;
  readonly files: readonly SeedFile[];
}

/**
 * The throwaway directory of one attempt, and beside it, behind a leading dot, a private directory for temporary
 * files. Nobody but the owner can look into either.
 */
export class Workspace {
  /** Absolute, without symbolic links. */
  readonly path: string;
  readonly temporary: string;

  private constructor(path: string) {
    this.path = path;
    this.temporary = join(path, "..", `.tmp-${basename(path)}`);
  }

  /** Makes both directories and writes the seed files. Leaves nothing behind when it fails. */
  static async create({ root, invocationId, attempt, files }: WorkspaceRequest): Promise<Workspace> {
    await mkdir(root, { recursive: true, mode: OWNER_ONLY });
    // mkdtemp makes a new directory with mode 0700, whatever stands there.
    const workspace = new Workspace(await mkdtemp(join(await realpath(root), `${invocationId}-${attempt}-`)));
    try {
      await mkdir(workspace.temporary, { mode: OWNER_ONLY });
      await writeSeedFiles(workspace.path, files);
      return workspace;
    } catch (error) {
      await workspace.remove();
      throw error;
    }
  }

  /** Removes both directories with all that is in them. Safe to call twice. */
  async remove(): Promise<void> {
    await removeTree(this.path);
    await removeTree(this.temporary);
  }
}
