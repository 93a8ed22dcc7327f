// `npm run build`: the programs as plain JavaScript in `dist/`, each with all that it needs, and in `dist/client` the
// client as a package to publish.
import { rm } from "node:fs/promises";
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
