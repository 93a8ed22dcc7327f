import {
  type Artifact,
  type ArtifactHolder,
  type ArtifactStore,
  type ByteRange,
  type KnownHolder,
  UnavailableError,
} from "@pifleet/invocation";
import { holderName, holderOf } from "../holder-name.ts";
import { checkedSha256 } from "../sha256.ts";
import { hasObject, listObjects, openObject, putObject, removeObject } from "./bucket.ts";
import { S3Client } from "./client.ts";
import type { S3Location } from "./location.ts";
import { abortUpload, beginUpload, completeUpload, sendPart, type Upload, unfinishedUploads } from "./multipart.ts";
import { S3Error } from "./s3-error.ts";
import { Spool } from "./spool.ts";
import type { Patience } from "./tries.ts";

/** What is larger is sent in parts of this size; one of them is in memory. An upload has 10,000 at most: 80 GiB. */
const PART_BYTES = 8_388_608;
const NOT_IMPLEMENTED = 501;
/** So often in a row may a content break off and be read on from there. */
const BREAKS = 3;

/**
 * Keeps artifacts in a bucket of S3, or of a store that speaks its protocol, as `<prefix>/<invocation>-<attempt>/<sha-256>`.
 * Each holder has objects of its own, so that dropping them touches nobody else's: a bucket cannot count who has what.
 *
 * All throw `UnavailableError`, within bounded time, when the store cannot be reached or cannot serve now.
 * @param patience how long the store is waited for, where that is not as usual
 */
export function createS3Store(location: S3Location, patience?: Partial<Patience>): ArtifactStore {
  return new S3Store(new S3Client(location, patience), location.prefix);
}

class S3Store implements ArtifactStore {
  readonly #client: S3Client;
  /** With a slash at its end. */
  readonly #prefix: string;

  constructor(client: S3Client, prefix: string) {
    this.#client = client;
    this.#prefix = `${prefix}/`;
  }

  async put(holder: ArtifactHolder, content: AsyncIterable<Uint8Array>): Promise<Pick<Artifact, "bytes" | "sha256">> {
    this.#client.assertReachable();
    await using spool = await Spool.of(content);
    const { bytes, sha256 } = spool;
    const key = this.#held(holder, sha256);
    if (!(await hasObject(this.#client, key))) await this.#send(key, spool);
    return { bytes, sha256 };
  }

  has(holder: ArtifactHolder, sha256: string): Promise<boolean> {
    return hasObject(this.#client, this.#held(holder, sha256));
  }

  /** Reads on where the connection broke off. */
  async *read(holder: ArtifactHolder, sha256: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const key = this.#held(holder, sha256);
    let { from, to }: { from: number; to?: number } = range ?? { from: 0 };
    for (let breaks = 0; to === undefined || from < to; ) {
      const { headers, pieces } = await openObject(this.#client, key, from > 0 || range ? { from, to } : undefined);
      to ??= Number(headers["content-length"]);
      try {
        for await (const piece of pieces) {
          from += piece.byteLength;
          breaks = 0;
          yield piece;
        }
        return;
      } catch (error) {
        breaks += 1;
        if (!(error instanceof UnavailableError) || breaks === BREAKS) throw error;
      }
    }
  }

  async drop(holder: ArtifactHolder): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of listObjects(this.#client, this.#keys(holder))) keys.push(key);
    for (const key of keys) await removeObject(this.#client, key);
  }

  async *holders(): AsyncGenerator<KnownHolder> {
    let known: KnownHolder | undefined;
    for await (const { key, sinceMs } of listObjects(this.#client, this.#prefix)) {
      const holder = this.#holderOf(key);
      if (!holder) continue;
      const isSame = known && holderName(known) === holderName(holder);
      if (known && !isSame) yield known;
      known = { ...holder, sinceMs: isSame ? Math.max(known?.sinceMs ?? 0, sinceMs) : sinceMs };
    }
    if (known) yield known;
  }

  /** A store that cannot list uploads has to drop them itself. */
  async sweep(beforeMs: number): Promise<void> {
    try {
      for await (const upload of unfinishedUploads(this.#client, this.#prefix))
        if (upload.begunMs < beforeMs && this.#holderOf(upload.key)) await abortUpload(this.#client, upload);
    } catch (error) {
      if (!(error instanceof S3Error) || error.status !== NOT_IMPLEMENTED) throw error;
    }
  }

  async #send(key: string, spool: Spool): Promise<void> {
    if (spool.bytes > PART_BYTES) return this.#sendInParts(key, spool);
    const bytes = await spool.whole();
    await putObject(this.#client, key, { bytes, sha256: spool.sha256 });
  }

  async #sendInParts(key: string, spool: Spool): Promise<void> {
    const upload = await beginUpload(this.#client, key);
    try {
      const tags: string[] = [];
      for await (const part of spool.parts(PART_BYTES))
        tags.push(await sendPart(this.#client, upload, tags.length + 1, part));
      await this.#complete(upload, tags);
    } catch (error) {
      await this.#abandon(upload);
      throw error;
    }
  }

  /** When the answer to the first try was lost, the store knows of no such upload at the next one. */
  async #complete(upload: Upload, tags: readonly string[]): Promise<void> {
    try {
      await completeUpload(this.#client, upload, tags);
    } catch (error) {
      const isGone = error instanceof S3Error && error.status === 404;
      if (!isGone || !(await hasObject(this.#client, upload.key))) throw error;
    }
  }

  /** An upload that cannot be aborted now is left to the sweep. */
  async #abandon(upload: Upload): Promise<void> {
    try {
      await abortUpload(this.#client, upload);
    } catch (error) {
      if (!(error instanceof UnavailableError || error instanceof S3Error)) throw error;
    }
  }

  #keys(holder: ArtifactHolder): string {
    return `${this.#prefix}${holderName(holder)}/`;
  }

  #held(holder: ArtifactHolder, sha256: string): string {
    return `${this.#keys(holder)}${checkedSha256(sha256)}`;
  }

  #holderOf(key: string): ArtifactHolder | undefined {
    const [name = "", sha256] = key.slice(this.#prefix.length).split("/");
    return sha256 === undefined ? undefined : holderOf(name);
  }
}
