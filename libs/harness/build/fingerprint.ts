import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

/** All that the built runner is made of: its sources, how it is built, and by the lock file, its packages. */
const INPUTS = ["libs/{harness,invocation,tracing}/src/**/*.ts", "libs/harness/build/**/*.ts", "package-lock.json"];
const NOT_BUILT = /\.test\.ts$|\/testing\//;

/** Says whether a built runner is the one that would be built now: by this Node, from these files. */
export async function fingerprint(): Promise<string> {
  const cwd = join(import.meta.dirname, "../../..");
  const files: string[] = [];
  for await (const file of glob(INPUTS, { cwd })) if (!NOT_BUILT.test(file)) files.push(file);
  const hash = createHash("sha256").update(`${process.version} ${process.platform} ${process.arch}`);
  for (const file of files.sort()) hash.update(`\0${file}\0`).update(await readFile(join(cwd, file)));
  return hash.digest("hex");
}
