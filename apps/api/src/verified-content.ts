import { createHash } from "node:crypto";
import type { Artifact, ByteRange } from "@pifleet/invocation";

/** Thrown when a content is not the one that its record names. */
export class DamagedArtifactError extends Error {
  override readonly name = "DamagedArtifactError";

  constructor({ path, sha256 }: Artifact) {
    super(`the content of the artifact ${JSON.stringify(path)} does not have the SHA-256 ${sha256}`);
  }
}

/**
 * Passes a part of a content on while all of it is hashed. The last piece is held back until the hash is known, so whoever
 * reads a content that is another one never gets all of it.
 * @param content the whole content, from its beginning
 * @throws {DamagedArtifactError} in place of the last piece
 */
export async function* verifiedContent(
  content: AsyncIterable<Uint8Array>,
  artifact: Artifact,
  { from, to }: ByteRange,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let position = 0;
  let last: Uint8Array | undefined;
  for await (const piece of content) {
    hash.update(piece);
    const part = piece.subarray(Math.max(0, from - position), Math.max(0, to - position));
    position += piece.byteLength;
    if (position > artifact.bytes) throw new DamagedArtifactError(artifact);
    if (part.byteLength === 0) continue;
    if (last) yield last;
    last = part;
  }
  if (hash.digest("hex") !== artifact.sha256) throw new DamagedArtifactError(artifact);
  if (last) yield last;
}
