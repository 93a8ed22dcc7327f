import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SIZE_MB = 96;
const BALLAST_STEP = Buffer.alloc(1_000_000);

/** A file system of its own that is soon full. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** `undefined` when this user may not mount one. */
  static async mount(path: string): Promise<SmallDisk | undefined> {
    await mkdir(path);
    try {
      await run("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MB}m,mode=700`, "pifleet-chaos", path]);
      return new SmallDisk(path);
    } catch {
      await rm(path, { recursive: true });
      return undefined;
    }
  }

  /** Leaves no room. */
  async fill(): Promise<void> {
    try {
      for (let step = 0; step < SIZE_MB * 2; step += 1) await writeFile(this.#ballast, BALLAST_STEP, { flag: "a" });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }

  async empty(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async unmount(): Promise<void> {
    await run("umount", ["--lazy", this.path]);
  }

  get #ballast(): string {
    return join(this.path, ".ballast");
  }
}
