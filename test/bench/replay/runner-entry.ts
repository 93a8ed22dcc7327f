import { RUNNER_VARIABLE } from "./variable.ts";

/** The program that replays a run; see `Recording`. */
export const runnerEntry: string = process.env[RUNNER_VARIABLE] ?? "";
