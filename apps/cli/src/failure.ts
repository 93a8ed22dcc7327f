import { ConnectionError, PiFleetError, type ReceivedProblem } from "@pifleet/client";
import { CONFIGURATION_EXIT_CODE, ConfigurationError } from "@pifleet/environment";
import { CommanderError } from "commander";
import type { Interruption } from "./interruption.ts";
import type { Output } from "./output.ts";
import { plainText } from "./plain-text.ts";

/** What the program's exit code says. An interrupted program exits with 128 and the signal's number: 130 for Ctrl-C. */
export const ExitCode = { done: 0, failed: 1, usage: CONFIGURATION_EXIT_CODE } as const;

/** The command line asks for something that cannot be; the message is one line for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something that the command needs does not work, for a reason that the user can do something about. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}

/** Tells the user what went wrong. Returns the exit code. */
export function reportFailure(error: unknown, output: Output, interruption: Interruption): number {
  if (interruption.exitCode !== undefined) return interruption.exitCode;
  // Commander has already said it; it throws for --help and --version too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  for (const line of linesOf(error)) output.progress(line);
  const isUsage = error instanceof UsageError || error instanceof ConfigurationError;
  return isUsage ? ExitCode.usage : ExitCode.failed;
}

function linesOf(error: unknown): string[] {
  if (error instanceof PiFleetError) {
    const [first, ...rest] = problemLines(error.problem);
    const hints = error.problem.status === 401 ? [WHERE_KEYS_ARE] : [];
    return [`pifleet: ${first}`, ...rest.map((line) => `  ${line}`), ...hints];
  }
  if (error instanceof ConnectionError) return [`pifleet: No answer from ${error.message}`, WHERE_TO_LOOK];
  const isExpected = [UsageError, ConfigurationError, CommandFailure].some((known) => error instanceof known);
  if (isExpected) return [`pifleet: ${(error as Error).message}`];
  return [`pifleet: This should not have happened: ${error instanceof Error ? error.stack : String(error)}`];
}

const WHERE_KEYS_ARE =
  "  PIFLEET_API_KEY (or PIFLEET_API_KEY_FILE) holds the key; `pifleet keys create --tenant NAME` makes one.";
const WHERE_TO_LOOK = "  PIFLEET_URL names the API; `pifleet dev` starts one here.";

/** The title and detail on one line, and each field's error on one of its own unless the detail has said it. */
export function problemLines({ title, detail, errors = [] }: ReceivedProblem): string[] {
  const fields = errors.map((error) => `${error.pointer || "(body)"}: ${error.detail}`);
  const isRepeated = fields.includes(detail);
  const first = detail === "" || (isRepeated && fields.length > 1) ? title : `${title}: ${detail}`;
  const rest = isRepeated && fields.length === 1 ? [] : fields;
  return [first, ...rest].map(plainText);
}
