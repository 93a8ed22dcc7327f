import type { Artifact } from "../artifact.ts";
import type { InvocationId } from "../id.ts";

/** The attempt for which contents are kept. What several holders keep is there until the last one drops it. */
export interface ArtifactHolder {
  readonly id: InvocationId;
  readonly attempt: number;
}

/** A holder that has contents. */
export interface KnownHolder extends ArtifactHolder {
  /** When its last content was put, Unix milliseconds. */
  readonly sinceMs: number;
}

/** A part of a content, in bytes: from the first up to and without the last. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The port to the contents of artifacts, by their SHA-256. It knows neither names nor tenants: those are in the record,
 * which also says which attempt's contents are the invocation's. API and workers must reach the same one.
 */
export interface ArtifactStore {
  /** Keeps a content, whole or not at all. The same one may be put twice. */
  put(holder: ArtifactHolder, content: AsyncIterable<Uint8Array>): Promise<Pick<Artifact, "bytes" | "sha256">>;
  /** Whether the holder has this content. */
  has(holder: ArtifactHolder, sha256: string): Promise<boolean>;
  /** The content, or a part of it. Nothing is opened before it is read, nothing stays open when the reader leaves. */
  read(holder: ArtifactHolder, sha256: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Drops all that the holder has. Safe to call twice. */
  drop(holder: ArtifactHolder): Promise<void>;
  /** All who have something, in any order. */
  holders(): AsyncIterable<KnownHolder>;
  /** Removes what puts have left that were cut short and did nothing since a time, Unix milliseconds. */
  sweep(beforeMs: number): Promise<void>;
}
