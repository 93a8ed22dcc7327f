import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

const BLOCK_BYTES = 512;
/** Minimum size of an entry, with the file system's own data. */
const ENTRY_BYTES = 4_096;
const BUFFERED_ENTRIES = 256;

/**
 * Whether directories take more than `limit` bytes on disk. Stops as soon as that is known. What vanishes meanwhile, or lies
 * deeper than a path can name, is not counted. A file that was removed and is still open is not found.
 */
export async function takeMoreDisk(directories: readonly string[], limit: number): Promise<boolean> {
  let bytes = 0;
  for (const left = [...directories]; left.length > 0; ) {
    for await (const { path, isDirectory } of entriesOf(left.pop() ?? "")) {
      if (isDirectory) left.push(path);
      bytes += Math.max(ENTRY_BYTES, await bytesOf(path));
      if (bytes > limit) return true;
    }
  }
  return false;
}

async function* entriesOf(directory: string): AsyncGenerator<{ path: string; isDirectory: boolean }> {
  try {
    for await (const entry of await opendir(directory, { bufferSize: BUFFERED_ENTRIES }))
      yield { path: join(directory, entry.name), isDirectory: entry.isDirectory() };
  } catch {
    // It is gone, or cannot be named.
  }
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).blocks * BLOCK_BYTES;
  } catch {
    return 0;
  }
}
