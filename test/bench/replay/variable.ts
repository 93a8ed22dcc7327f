/** The variable in a worker's environment that names the file of the records that are replayed. */
export const RECORDS_VARIABLE = "BENCH_RECORDS";
