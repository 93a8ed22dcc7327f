import { createHash } from "node:crypto";
import { copyFile, cp, glob, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { builtInProvidersModule } from "./built-in-providers.ts";
import { cutPlugin } from "./cut-plugin.ts";
import { CUTS } from "./cuts.ts";
import { piIndexModule } from "./pi-index.ts";

const PROGRAM = "libs/harness/src/runner.ts";
/** By which the harness says which of Pi's providers it wants. */
const WANTED = "libs/harness/src/pi/wanted-provider.ts";
/** Files that the program loads on demand from beside it. */
const BEDROCK = "@earendil-works/pi-ai/bedrock-provider";
const PHOTON = "@silvia-odwyer/photon-node";
/** By which Pi scales the images that it reads; the package reads it from beside its own file. */
const IMAGE_CODEC = "@silvia-odwyer/photon-node/photon_rs_bg.wasm";

const ROOT = join(import.meta.dirname, "../../..");
const OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node24",
  // A snapshot is made of one script, which imports nothing.
  format: "cjs",
  supported: { "dynamic-import": false },
  define: { "import.meta.url": "fileUrl", "import.meta.dirname": "__dirname", "import.meta.resolve": "undefined" },
  banner: { js: 'const fileUrl = require("node:url").pathToFileURL(__filename).href;' },
  // A runner holds its own text: without the names in it, it takes 2 MB less.
  minify: true,
  legalComments: "none",
  logLevel: "warning",
};

/**
 * Bundles the runner without what it never needs.
 * @throws when a cut meets nothing, or Pi's providers are not found: Pi has changed
 */
export async function bundleRunner(outdir: string): Promise<void> {
  const met = new Set<unknown>();
  const pi = dirname(fileURLToPath(import.meta.resolve("@earendil-works/pi-coding-agent")));
  const generated = {
    "pi-index": piIndexModule(pi),
    "built-in-providers": await builtInProvidersModule(join(ROOT, WANTED)),
  };
  const plugin = cutPlugin(generated, (cut) => met.add(cut));
  await buildFilesBeside(outdir);
  await build({
    ...OPTIONS,
    define: { ...OPTIONS.define, RUNNER_FILES: JSON.stringify(await digests(outdir)) },
    entryPoints: [PROGRAM],
    outfile: join(outdir, "runner.cjs"),
    plugins: [plugin],
  });
  const unmet = CUTS.filter((cut) => !met.has(cut));
  if (unmet.length > 0)
    throw new Error(`Nothing was met to be cut by ${unmet.map(({ modules }) => modules).join(", ")}`);
}

/** Makes what the program loads when a task needs it. */
async function buildFilesBeside(outdir: string): Promise<void> {
  await build({
    ...OPTIONS,
    entryPoints: { bedrock: BEDROCK, photon: PHOTON },
    outdir,
    outExtension: { ".js": ".cjs" },
  });
  const providers = dirname(fileURLToPath(import.meta.resolve("@earendil-works/pi-ai/providers/all")));
  await cp(join(providers, "data"), join(outdir, "models"), { recursive: true });
  const { resolve } = createRequire(import.meta.url);
  await copyFile(resolve(IMAGE_CODEC), join(outdir, "photon_rs_bg.wasm"));
}

/** The SHA-256 of every file in a directory, in hexadecimal, by its path below it. */
async function digests(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const file of glob("**/*.*", { cwd: directory }))
    found[file] = createHash("sha256")
      .update(await readFile(join(directory, file)))
      .digest("hex");
  return found;
}
