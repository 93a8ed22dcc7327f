import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Artifact, Client } from "@pifleet/client";
import { FilePath } from "@pifleet/invocation";
import { CommandFailure } from "./failure.ts";

interface DownloadOptions {
  readonly client: Client;
  readonly invocation: string;
  readonly artifact: Artifact;
  readonly signal: AbortSignal;
}

/** Pieces of an artifact as they come. @throws {CommandFailure} at the end, when they are not what the record says */
export async function* checkedContent(options: DownloadOptions): AsyncGenerator<Uint8Array> {
  const { client, invocation, artifact, signal } = options;
  const { body } = await client.artifacts.download(invocation, artifact.path, { signal });
  const hash = createHash("sha256");
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") !== artifact.sha256)
    throw new CommandFailure(`What came for ${JSON.stringify(artifact.path)} is not what the run has left.`);
}

/**
 * Writes an artifact to its path below a directory, in place of what is there; whole, or not at all. Returns where.
 * @throws {CommandFailure} when it cannot be written there
 */
export async function saveArtifact(directory: string, options: DownloadOptions): Promise<string> {
  // The API gives only such paths; whoever answers in its place may not.
  const path = FilePath.safeParse(options.artifact.path);
  if (!path.success) throw new CommandFailure("The fleet named an artifact whose path leads elsewhere.");
  const target = join(directory, path.data);
  const draft = `${target}.${randomBytes(4).toString("hex")}.part`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await write(target, draft, checkedContent(options));
  } catch (error) {
    throw isSystemError(error) ? new CommandFailure(`${target} cannot be written: ${error.message}`) : error;
  }
  return target;
}

async function write(target: string, draft: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(draft, "wx");
  try {
    for await (const chunk of content) await file.writeFile(chunk);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
