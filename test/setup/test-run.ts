/** One run of the tests, by which everything that it starts can be told from what runs beside it. */
export interface TestRun {
  readonly id: string;
  /** The temporary directory of all tests of the run. */
  readonly directory: string;
}

/** The variable that marks every process that a test starts, whatever it starts in turn. */
export const MARKER = "PIFLEET_TEST_RUN";

declare module "vitest" {
  interface ProvidedContext {
    testRun: TestRun;
  }
}
