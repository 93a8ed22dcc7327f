import { readFile } from "node:fs/promises";
import { UsageError } from "./failure.ts";

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
