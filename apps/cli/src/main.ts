import { createClient } from "@pifleet/client";
import { readClientConfig, readDevConfig, readOperatorConfig, wantsColour, wantsSpinner } from "./config.ts";
import type { Context } from "./context.ts";
import { ExitCode, reportFailure } from "./failure.ts";
import { Interruption } from "./interruption.ts";
import { Output } from "./output.ts";
import { defineProgram } from "./program.ts";

/** How long a command may take to end once the user insists, milliseconds. */
const LAST_GRACE_MS = 3_000;

const { argv, env, stdin, stdout, stderr } = process;
const interruption = new Interruption();
interruption.listen();
interruption.insisted.addEventListener("abort", () => {
  setTimeout(() => process.exit(interruption.exitCode), LAST_GRACE_MS).unref();
});

// Whoever reads us may stop early, as `head` does: that is no failure, and there is nobody left to tell.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(ExitCode.done);
});

const context: Context = {
  output: new Output(stdout, stderr, { colour: wantsColour(env), spinner: wantsSpinner(env) }),
  stdin,
  interruption,
  client: () => createClient(readClientConfig(env)),
  devConfig: () => readDevConfig(env),
  operatorConfig: () => readOperatorConfig(env),
  exitCode: ExitCode.done,
};

try {
  await defineProgram(context).parseAsync(argv);
  process.exitCode = context.exitCode;
} catch (error) {
  process.exitCode = reportFailure(error, context.output, interruption);
}
// What is left, such as a half-read standard input, holds nothing up.
stdout.write("", () => process.exit());
