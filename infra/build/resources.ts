import { chmod, cp, glob, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";

/** Copies what the programs read from files beside them: the launcher, the Redis scripts, and the API reference's files. */
export async function copyResources(outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  const launcher = join(outdir, "pifleet.mjs");
  await cp("apps/cli/bin/pifleet.mjs", launcher);
  await chmod(launcher, 0o755);
  for await (const script of glob("libs/redis/src/**/*.lua"))
    await cp(script, join(outdir, "scripts", basename(script)));
  for await (const file of glob("apps/api/src/reference/reference.{css,js}"))
    await cp(file, join(outdir, basename(file)));
}
