import { captured } from "./captured.mjs";
import { SetupFailure } from "./failure.mjs";
import { step } from "./progress.mjs";

const PROGRAM = "libs/harness/build/main.ts";

/**
 * Builds the program of the runners unless it is there, built from the sources as they are.
 * @param {string} node the Node that runners are started with
 * @param {AbortSignal} signal
 */
export async function buildRunner(node, signal) {
  const { ok } = await captured(node, [PROGRAM, "--check"], { signal });
  if (!ok) await step("Building the runner", () => build(node, signal));
}

/** @param {string} node @param {AbortSignal} signal */
async function build(node, signal) {
  const { ok, output } = await captured(node, [PROGRAM], { signal });
  if (!ok) throw new SetupFailure("The runner could not be built. What was said is above.", output);
}
