/** The variable in a worker's environment that names the program which replays a run. */
export const RUNNER_VARIABLE = "BENCH_RUNNER";
