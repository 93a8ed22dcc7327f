import type { RunnerProgram } from "@pifleet/invocation";
import { RUNNER_VARIABLE } from "./variable.ts";

/** The program that replays a run; see `Recording`. */
export const runnerPrograms: readonly RunnerProgram[] = [
  { name: "replay", arguments: [process.env[RUNNER_VARIABLE] ?? ""] },
];
