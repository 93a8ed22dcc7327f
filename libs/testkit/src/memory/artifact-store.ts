import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { Artifact, ArtifactHolder, ArtifactStore, ByteRange, KnownHolder } from "@pifleet/invocation";

interface Held extends KnownHolder {
  readonly contents: Map<string, Buffer>;
}

/** The contents of artifacts, in memory. */
export class MemoryArtifactStore implements ArtifactStore {
  readonly #held = new Map<string, Held>();
  readonly #now: () => number;

  /** @param now the clock, Unix milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async put(holder: ArtifactHolder, content: AsyncIterable<Uint8Array>): Promise<Pick<Artifact, "bytes" | "sha256">> {
    const bytes = await buffer(content);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const contents = this.#held.get(nameOf(holder))?.contents ?? new Map<string, Buffer>();
    contents.set(sha256, bytes);
    this.#held.set(nameOf(holder), { id: holder.id, attempt: holder.attempt, sinceMs: this.#now(), contents });
    return { bytes: bytes.length, sha256 };
  }

  async has(holder: ArtifactHolder, sha256: string): Promise<boolean> {
    return this.#content(holder, sha256) !== undefined;
  }

  async *read(holder: ArtifactHolder, sha256: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const content = this.#content(holder, sha256);
    if (!content) throw new Error(`${nameOf(holder)} does not have ${sha256}`);
    yield content.subarray(range?.from, range?.to);
  }

  async drop(holder: ArtifactHolder): Promise<void> {
    this.#held.delete(nameOf(holder));
  }

  async *holders(): AsyncGenerator<KnownHolder> {
    for (const { id, attempt, sinceMs } of [...this.#held.values()]) yield { id, attempt, sinceMs };
  }

  /** A put that is cut short leaves nothing. */
  async sweep(): Promise<void> {
    return undefined;
  }

  #content(holder: ArtifactHolder, sha256: string): Buffer | undefined {
    return this.#held.get(nameOf(holder))?.contents.get(sha256);
  }
}

function nameOf({ id, attempt }: ArtifactHolder): string {
  return `${id}-${attempt}`;
}
