import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifact } from "@pifleet/invocation";

/**
 * A content that lies on the disk for as long as it takes to send it: its SHA-256, which is its name in the store, is
 * known only when all of it was read. The file has no name, so that it is gone whatever ends the process.
 */
export class Spool implements Pick<Artifact, "bytes" | "sha256">, AsyncDisposable {
  readonly bytes: number;
  readonly sha256: string;
  readonly #file: FileHandle;

  /** Reads a content to its end. Leaves nothing behind when that fails. */
  static async of(content: AsyncIterable<Uint8Array>): Promise<Spool> {
    const file = await openNameless();
    try {
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const chunk of content) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        await file.writeFile(chunk);
      }
      return new Spool(file, bytes, hash.digest("hex"));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(file: FileHandle, bytes: number, sha256: string) {
    this.#file = file;
    this.bytes = bytes;
    this.sha256 = sha256;
  }

  /** The content at once; for small ones. */
  async whole(): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(this.bytes);
    await this.#fill(buffer, 0);
    return buffer;
  }

  /** The content in pieces of this size, the last one smaller. Each is good until the next one is asked for. */
  async *parts(size: number): AsyncGenerator<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(size, this.bytes));
    for (let at = 0; at < this.bytes; at += size) {
      const part = buffer.subarray(0, Math.min(size, this.bytes - at));
      await this.#fill(part, at);
      yield part;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close();
  }

  async #fill(part: Buffer, at: number): Promise<void> {
    for (let filled = 0; filled < part.length; ) {
      const { bytesRead } = await this.#file.read(part, filled, part.length - filled, at + filled);
      if (bytesRead === 0) throw new Error("the spooled content is shorter than it was");
      filled += bytesRead;
    }
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `.pifleet-artifact-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  try {
    await unlink(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}
