// Checks that the regular expressions of this repository take linear time: `node infra/expressions/main.ts [root]`.
import { checkExpressions } from "./check-expressions.ts";

const faults = await checkExpressions(process.argv[2] ?? process.cwd());
if (faults.length > 0) {
  process.stdout.write(`${faults.join("\n")}\n`);
  process.exitCode = 1;
}
