import { chmod, cp, mkdir } from "node:fs/promises";
import { extname, join } from "node:path";

/** Copies what the programs read from files beside them: the launcher that starts them, and the scripts for Redis. */
export async function copyResources(outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  const launcher = join(outdir, "pifleet.mjs");
  await cp("apps/cli/bin/pifleet.mjs", launcher);
  await chmod(launcher, 0o755);
  const isScriptOrFolder = (path: string) => ["", ".lua"].includes(extname(path));
  await cp("libs/redis/src/scripts", join(outdir, "scripts"), { recursive: true, filter: isScriptOrFolder });
}
