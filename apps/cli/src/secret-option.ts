import { readTextFile } from "./text-file.ts";

/**
 * The secret that an option names: as it is, or, with `@path`, in a file, where it stands in no list of processes.
 * @throws {UsageError} when the file cannot be read
 */
export async function readSecret<T extends string | undefined>(argument: T): Promise<T | string> {
  if (!argument?.startsWith("@")) return argument;
  return (await readTextFile(argument.slice(1))).trim();
}
