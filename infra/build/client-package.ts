import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const CLIENT = "libs/client";
const WORDS = "@pifleet/invocation";
/** Where the declarations of the words stand below those of the package. */
const WORDS_DECLARATIONS = "invocation/src/index.js";
const COMPILER = "node_modules/typescript/bin/tsc";

/** Is part of the client's module: by itself it asks for a newer Node than the client needs. */
const PARSER = "eventsource-parser";

/**
 * Makes the client a package that `npm publish` takes as it is: one module of plain JavaScript that imports nothing,
 * and its declarations. The types of the words are those of their schemas, so that who compiles needs zod; what runs
 * holds nothing of it.
 */
export async function packClient(outdir: string): Promise<void> {
  await build({
    entryPoints: [`${CLIENT}/src/index.ts`],
    outfile: join(outdir, "index.js"),
    bundle: true,
    platform: "neutral",
    target: "es2022",
    format: "esm",
    logLevel: "warning",
  });
  await declare(join(outdir, "index.d.ts"));
  await writeFile(join(outdir, "package.json"), `${JSON.stringify(await manifest(), undefined, 2)}\n`);
  for (const path of ["README.md", "examples"]) await cp(join(CLIENT, path), join(outdir, path), { recursive: true });
  await cp("LICENSE", join(outdir, "LICENSE"));
  await cp(`node_modules/${PARSER}/LICENSE`, join(outdir, `LICENSE.${PARSER}`));
}

/**
 * Writes the declarations of the client as one file. Of the words it holds only what the client's own types are made of:
 * the rest is not public, and would be a promise.
 */
async function declare(outfile: string): Promise<void> {
  const outdir = await mkdtemp(join(tmpdir(), "client-declarations-"));
  try {
    const args = [COMPILER, "-p", `${CLIENT}/tsconfig.declarations.json`, "--outDir", outdir];
    await promisify(execFile)(process.execPath, args);
    await resolveWords(outdir);
    const bundled = await rolldown({
      input: join(outdir, "client/src/index.d.ts"),
      external: (id) => !id.startsWith(".") && !isAbsolute(id),
      plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false, oxc: true })],
    });
    const { output } = await bundled.generate({ format: "es" });
    await bundled.close();
    const [{ code }] = output;
    await writeFile(outfile, code);
  } finally {
    await rm(outdir, { recursive: true });
  }
}

/** Lets the declarations of the client and of the words find each other without a package. */
async function resolveWords(directory: string): Promise<void> {
  for (const name of await readdir(directory, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join(directory, name);
    const words = relative(dirname(path), join(directory, WORDS_DECLARATIONS));
    const text = await readFile(path, "utf8");
    const resolved = text.replaceAll(`"${WORDS}"`, `"${words}"`).replaceAll(/(?<=from "\.[^"]*)\.ts(?=")/g, ".js");
    await writeFile(path, resolved);
  }
}

/** The manifest of the published package, which has no workspace beside it. */
async function manifest(): Promise<object> {
  const { private: _private, devDependencies: _devDependencies, ...client } = await readManifest(CLIENT);
  const { [WORDS]: _words, [PARSER]: _parser, ...own } = client.dependencies;
  const { dependencies } = await readManifest("libs/invocation");
  return {
    ...client,
    exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
    files: ["index.js", "index.d.ts", "examples", "LICENSE.*"],
    dependencies: { ...own, ...dependencies },
  };
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
}
