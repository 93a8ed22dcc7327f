import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fingerprint } from "./fingerprint.ts";
import { makeSnapshot } from "./snapshot.ts";

const FINGERPRINT = "fingerprint";

/** Builds the runner: the bundle, and the snapshot that it makes of itself. What was there is replaced at once. */
export async function buildRunner(outdir: string): Promise<void> {
  // Who finds it built already has no use for what builds it.
  const { bundleRunner } = await import("./bundle-runner.ts");
  const built = await mkdtemp(join(dirname(outdir), ".runner-"));
  try {
    await bundleRunner(built);
    await makeSnapshot(join(built, "runner.cjs"), join(built, "runner.blob"));
    await writeFile(join(built, FINGERPRINT), await fingerprint());
    await chmod(built, 0o755);
    await rm(outdir, { recursive: true, force: true });
    await rename(built, outdir);
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

/** Whether it is there, made by this Node from the sources as they are. */
export async function isBuilt(outdir: string): Promise<boolean> {
  const there = await readFile(join(outdir, FINGERPRINT), "utf8").catch(() => undefined);
  return there === (await fingerprint());
}
