/**
 * Measures speed and memory on this machine beside what else could be used: `npm run bench -- --help`. The table goes to
 * the output, the progress to the error output. Exit code 0, 1 when something could not be measured, 2 for wrong
 * arguments. A target that is missed is no failure: the machine may be busy.
 */
import { benchmark } from "./benchmark.ts";
import { Interruption } from "./interruption.ts";
import { machineLine } from "./machine.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { rowTable } from "./rows/row-table.ts";
import { detailTables } from "./table.ts";

function optionsOrUsage(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

if (process.argv.includes("--help")) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const options = optionsOrUsage();
const interruption = new Interruption();
const say = (line: string) => process.stderr.write(`${line}\n`);
const findings = await interruption.interrupts(benchmark(options, interruption, say));
const inRows = new Set(findings.rows.map(({ measurement }) => measurement));
const detailed = findings.reports.filter(({ measurement }) => options.details || !inRows.has(measurement));
const table = [
  `${machineLine(findings.machine)}; the others spawn the ${findings.pi} of pi`,
  ...(findings.rows.length > 0 ? rowTable(findings.rows) : []),
  ...detailTables(detailed),
].join("\n");
if (options.json) say(table);
process.stdout.write(`${options.json ? JSON.stringify(findings) : table}\n`, () => process.exit(0));
