import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "@pifleet/invocation";

/** File name suffix of a draft. */
export const DRAFT = ".draft";

/** A content that is written and has no name yet by which others find it. */
export interface Draft extends Pick<Artifact, "bytes" | "sha256"> {
  readonly path: string;
}

/** Writes a content to a new file of its own, and to the disk. Leaves nothing behind when it fails. */
export async function writeDraft(directory: string, content: AsyncIterable<Uint8Array>): Promise<Draft> {
  const path = join(directory, `${randomBytes(12).toString("hex")}${DRAFT}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(path, "wx", 0o600);
  try {
    const written = await write(file, content);
    // Nobody writes to a content again. It keeps out what is careless, not a process of the same user that means it.
    await file.chmod(0o400);
    await file.sync();
    return { path, ...written };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function write(file: FileHandle, content: AsyncIterable<Uint8Array>): Promise<Pick<Draft, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    await file.writeFile(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}
