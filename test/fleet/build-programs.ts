import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Builds the programs as they are deployed, into a directory that is removed with the stack. Resolves to the directory. */
export async function buildPrograms(stack: AsyncDisposableStack): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "fleet-programs-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  await promisify(execFile)(process.execPath, ["infra/build/main.ts", `--outdir=${directory}`]);
  return directory;
}
