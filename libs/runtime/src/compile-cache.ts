import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { modifiedAt } from "./modified-at.ts";
import { parseWorkerIdentity, type WorkerIdentity } from "./ownership/worker-identity.ts";
import { removeTree } from "./remove-tree.ts";
import { unlessMissing } from "./system-error.ts";

const DIRECTORY = ".compile-cache";
const OWNER = "owner.json";

/**
 * Where the runners of one worker keep what Node has compiled; it saves each start about a fifth.
 *
 * It can be trusted no further than the tools of a run: Node compares an entry with the source by length and CRC-32,
 * and the entry's own bytes with a CRC-32 beside them. These find damage, not malice, and the entry is code, for a
 * TypeScript source even its text. A tool runs as the runner's user and finds the path in `/proc/$PPID/environ`, so it
 * can plant an entry for later runners, as it can trace them or change their program; read-only modes do not hinder the
 * owner of a file. Only another user for the runners would. Until then the harm is bounded: the directory has a name
 * that cannot be guessed and that no tool's environment tells, is new for every worker process, serves no other, and is
 * removed with it; a dead worker's by the sweep.
 */
export class CompileCache {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param root the directory of the workspaces */
  static async create(root: string, owner: WorkerIdentity | undefined): Promise<CompileCache> {
    const path = join(root, DIRECTORY, randomBytes(12).toString("hex"));
    await mkdir(path, { recursive: true, mode: 0o700 });
    try {
      await writeFile(join(path, OWNER), JSON.stringify(owner ?? null), { mode: 0o600 });
    } catch (error) {
      // On a disk that is full there is room for a directory, but for nothing in it.
      await removeTree(path);
      throw error;
    }
    return new CompileCache(path);
  }

  /** Those of all workers, with whose they are, as far as that can be read, and since when: Unix milliseconds. */
  static async list(
    root: string,
  ): Promise<{ cache: CompileCache; owner: WorkerIdentity | undefined; since: number }[]> {
    const names = await unlessMissing(readdir(join(root, DIRECTORY)), []);
    return Promise.all(
      names.map(async (name) => {
        const path = join(root, DIRECTORY, name);
        const owner = parseWorkerIdentity(await unlessMissing(readFile(join(path, OWNER), "utf8"), ""));
        const since = (await modifiedAt(path)) ?? Date.now();
        return { cache: new CompileCache(path), owner, since };
      }),
    );
  }

  /** Safe to call twice. */
  async remove(): Promise<void> {
    await removeTree(this.path);
  }

  /** Removes it before it returns. */
  removeNow(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
