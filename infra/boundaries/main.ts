// Checks who imports whom in this repository: `node infra/boundaries/main.ts [root]`.
import { checkBoundaries } from "./check.ts";

const faults = await checkBoundaries(process.argv[2] ?? process.cwd());
if (faults.length > 0) {
  process.stdout.write(`${faults.join("\n")}\n`);
  process.exitCode = 1;
}
