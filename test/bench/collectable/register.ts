import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MEMORY_DIRECTORY_VARIABLE, MEMORY_SIGNAL } from "./memory-report.ts";

// Loaded into a process ahead of everything (`node --import`), this lets it collect its garbage when it gets a signal,
// and then tell what memory it takes.
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as (how: { type: "major"; flavor: "last-resort" }) => void;

/** As when memory runs out: also what V8 holds ready for later is given back, which else rises and falls by tens of megabytes. */
function collect(): void {
  gc({ type: "major", flavor: "last-resort" });
}

process.on(MEMORY_SIGNAL, () => {
  collect();
  // What finalizers have let go of.
  setImmediate(() => {
    collect();
    tell();
  });
});

/** The program takes its environment over later than this is loaded. */
function tell(): void {
  const path = join(process.env[MEMORY_DIRECTORY_VARIABLE] ?? ".", String(process.pid));
  writeFileSync(`${path}.tmp`, JSON.stringify(process.memoryUsage()));
  renameSync(`${path}.tmp`, path);
}
