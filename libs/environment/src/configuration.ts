import type * as z from "zod";

/** The environment of a process: names and values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable of the environment, or a file that one names, with which no program can start. The message is one line. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code = "invalid_configuration";
}

/** The exit code of a program that cannot start with its configuration. */
export const CONFIGURATION_EXIT_CODE = 2;

/**
 * Reads configuration from the environment. A variable that is empty or blank counts as one that is not set.
 * @throws {ConfigurationError} naming the first variable that is wrong, and what is wrong with it.
 */
export function parseEnvironment<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.infer<Schema> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const variable = String(issue?.path[0] ?? "environment");
  throw new ConfigurationError(`${variable} ${oneLine(issue?.message ?? "invalid")}`);
}

/**
 * Refuses arguments that the program does not know.
 * @throws {ConfigurationError} naming the first of them
 */
export function knownArguments(given: readonly string[], known: readonly string[] = []): void {
  const unknown = given.find((argument) => !known.includes(argument));
  if (unknown === undefined) return;
  const which = known.length > 0 ? `it takes ${known.join(", ")}` : "it takes none";
  throw new ConfigurationError(`${unknown} is no argument of this program; ${which}`);
}

/**
 * Reads configuration from a file that the environment names; what is wrong with the file is put down to `variable`.
 * @throws {ConfigurationError}
 */
export async function readConfigured<T>(variable: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new ConfigurationError(`${variable}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/**
 * Runs the start of a program; on a `ConfigurationError` prints its one line and exits with code 2.
 * Any other error is passed on.
 */
export async function startOrExplain(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${oneLine(error.message)}\n`);
    process.exit(CONFIGURATION_EXIT_CODE);
  }
}

function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join(" ");
}
