/**
 * Lets everything go wrong that can go wrong, and looks whether anything was lost: `npm run chaos -- --minutes N
 * --seed S`. Exit code 0 when nothing was, 1 when something was, 2 for wrong arguments.
 */
import { chaos } from "./chaos.ts";
import { keepBusy } from "./measures/busy.ts";
import { cancelRuns } from "./measures/cancel.ts";
import { killWorkers } from "./measures/kill-worker.ts";
import { type Options, readOptions, USAGE } from "./options.ts";

const MEASURES = { chaos, "kill-worker": killWorkers, cancel: cancelRuns, busy: keepBusy };

function optionsOrUsage(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

const options = optionsOrUsage();
const passed = await MEASURES[options.only](options, (line) => process.stdout.write(`${line}\n`));
process.exit(passed ? 0 : 1);
