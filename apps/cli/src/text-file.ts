import { readFile } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import { UsageError } from "./failure.ts";

/** Standard input, and the signal that ends the reading of it. */
export interface StandardInput {
  readonly stdin: NodeJS.ReadStream;
  readonly signal: AbortSignal;
}

/** The text of a file, or of standard input when the path is `-`. @throws {UsageError} as for files */
export function readTextFrom(path: string, { stdin, signal }: StandardInput): Promise<string> {
  return path === "-" ? text(addAbortSignal(signal, stdin)) : readTextFile(path);
}

/** The text of a file that the user names. @throws {UsageError} when it cannot be read, or is not text */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${path} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}`,
    );
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is not text in UTF-8.`);
  }
}
