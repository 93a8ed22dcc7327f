import type { FileHandle } from "node:fs/promises";

/** Exactly so many bytes of a file. @throws {Error} when it has become shorter meanwhile */
export async function* wholeFile(file: FileHandle, bytes: number): AsyncGenerator<Uint8Array> {
  if (bytes === 0) return;
  let read = 0;
  for await (const chunk of file.createReadStream({ start: 0, end: bytes - 1, autoClose: false })) {
    read += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (read !== bytes) throw new Error("The file has become shorter while it was read");
}
