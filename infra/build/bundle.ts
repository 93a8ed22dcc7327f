import { build } from "esbuild";

/** Each becomes `<name>.mjs`; what several of them need stands in chunks beside them. */
const PROGRAMS = {
  api: "apps/api/src/main.ts",
  worker: "apps/worker/src/main.ts",
  cli: "apps/cli/src/main.ts",
};

/** CommonJS packages ask for Node's modules with `require`, which a module has only if it makes one. */
const REQUIRE =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/** Bundles the programs with the packages that they use, so that `dist/` needs no `node_modules`. */
export async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints: PROGRAMS,
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node24",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunk-[hash]",
    banner: { js: REQUIRE },
    define: { __dirname: "import.meta.dirname", __filename: "import.meta.filename" },
    minifySyntax: true,
    minifyWhitespace: true,
    // Names are not shortened: they are in stack traces. `keepNames` would name every function that is made at run time
    // anew, which takes an API 8 % of its time.
    legalComments: "none",
    logLevel: "warning",
  });
}
