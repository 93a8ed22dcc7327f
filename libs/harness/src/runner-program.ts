import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunnerProgram } from "@pifleet/invocation";
import { SNAPSHOT_FLAGS } from "./snapshot-flags.ts";

/** Where the built runner is: for a checkout below this library, for built programs beside them. */
const BUILT = extname(import.meta.url) === ".ts" ? "../dist/" : "./runner/";

/**
 * The ways to start a runner, the fastest first. A snapshot serves the very Node alone that has made it; what begins
 * with it learns from the last argument where it is.
 */
export const runnerPrograms: readonly RunnerProgram[] = [
  {
    name: "snapshot",
    arguments: [
      ...SNAPSHOT_FLAGS,
      "--v8-pool-size=1",
      "--snapshot-blob",
      runnerFile("runner.blob"),
      runnerFile("runner.cjs"),
    ],
  },
  { name: "bundle", arguments: [runnerFile("runner.cjs")] },
];

/** The path of a file that belongs to the built runner. */
export function runnerFile(name: string): string {
  return fileURLToPath(new URL(`${BUILT}${name}`, import.meta.url));
}
