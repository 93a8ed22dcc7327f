// `npm run build`: the programs as plain JavaScript in `dist/`, each with all that it needs, and in `dist/client` the
// client as a package to publish.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildRunner } from "../../libs/harness/build/build-runner.ts";
import { bundle } from "./bundle.ts";
import { packClient } from "./client-package.ts";
import { copyResources } from "./resources.ts";

const { values } = parseArgs({ options: { outdir: { type: "string", default: "dist" } } });
await rm(values.outdir, { recursive: true, force: true });
await bundle(values.outdir);
await copyResources(values.outdir);
await buildRunner(join(values.outdir, "runner"));
await packClient(join(values.outdir, "client"));
/** What was made, for whom. */
const MADE = [
  ["pifleet.mjs", "the API, the worker and the command line: node dist/pifleet.mjs --help"],
  ["runner", "the program that runs an agent"],
  ["client", "the client as a package: npm publish ./dist/client"],
] as const;
const files = await readdir(values.outdir, { recursive: true, withFileTypes: true });
const sizes = await Promise.all(
  files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size),
);
const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
process.stdout.write(`Built ${values.outdir} (${megabytes.toFixed(1)} MB):\n`);
for (const [name, what] of MADE) process.stdout.write(`  ${join(values.outdir, name).padEnd(20)} ${what}\n`);
