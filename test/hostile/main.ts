/**
 * Lets a tenant of evil agents attack a fleet on which an innocent one works: `npm run test:hostile -- --minutes N
 * --seed S`. Exit code 0 when the innocent one noticed nothing, 1 when it did, 2 for wrong arguments.
 */
import { hostile } from "./hostile.ts";
import { type Options, readOptions, USAGE } from "./options.ts";

function optionsOrUsage(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

const passed = await hostile(optionsOrUsage(), (line) => process.stdout.write(`${line}\n`));
process.exit(passed ? 0 : 1);
