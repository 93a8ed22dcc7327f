import { chmod, cp, mkdir } from "node:fs/promises";
import { extname, join } from "node:path";

/** By which Pi scales the images that it reads. */
const IMAGE_CODEC = "node_modules/@silvia-odwyer/photon-node/photon_rs_bg.wasm";

/** Copies what the programs read from files beside them: the launcher that starts them, the scripts for Redis, and Pi's. */
export async function copyResources(outdir: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  const launcher = join(outdir, "pifleet.mjs");
  await cp("apps/cli/bin/pifleet.mjs", launcher);
  await chmod(launcher, 0o755);
  await cp(IMAGE_CODEC, join(outdir, "photon_rs_bg.wasm"));
  const isScriptOrFolder = (path: string) => ["", ".lua"].includes(extname(path));
  await cp("libs/redis/src/scripts", join(outdir, "scripts"), { recursive: true, filter: isScriptOrFolder });
}
