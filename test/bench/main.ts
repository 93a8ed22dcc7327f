/**
 * Measures speed and memory on this machine: `npm run bench -- [--only NAME] [--rounds N] [--json]`. The tables go to
 * the output, the progress to the error output. Exit code 0, 1 when something could not be measured, 2 for wrong
 * arguments.
 */
import { benchmark } from "./benchmark.ts";
import { Interruption } from "./interruption.ts";
import { type Options, readOptions, USAGE } from "./options.ts";

function optionsOrUsage(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

const options = optionsOrUsage();
const interruption = new Interruption();
const work = benchmark(options, interruption, (line) => process.stderr.write(`${line}\n`));
const output = await interruption.interrupts(work);
process.stdout.write(`${output}\n`, () => process.exit(0));
