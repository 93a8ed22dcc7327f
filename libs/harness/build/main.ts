// Makes the runner of this checkout ready; the built programs have their own. With --check it only says, by its exit
// code, whether it is.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildRunner, isBuilt } from "./build-runner.ts";

const DIRECTORY = join(import.meta.dirname, "../dist");
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

if (!(await isBuilt(DIRECTORY))) {
  if (values.check) process.exitCode = 1;
  else await buildRunner(DIRECTORY);
}
