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

stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader such as `head` may close the pipe early: that is no failure.
  if (error.code === "EPIPE") process.exit(ExitCode.done);
  context.output.progress(`pifleet: Standard output cannot be written: ${error.message}`);
  process.exit(ExitCode.failed);
});
// Progress that nobody can be told is no reason to hold data back.
stderr.on("error", () => undefined);

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
// A half-read standard input must not keep the process.
stdout.write("", (error) => {
  // Its own listener ends the process then, with another exit code.
  if (!error) process.exit();
});
