import { createHash, randomUUID } from "node:crypto";
import { S3Refusal } from "./refusal.ts";

/** Every part but the last one has so many bytes at least. */
const LEAST_PART_BYTES = 5_242_880;

export interface StoredObject {
  readonly bytes: Buffer;
  readonly tag: string;
  /** When it was put, Unix milliseconds. */
  readonly at: number;
}

export interface StartedUpload {
  readonly id: string;
  readonly key: string;
  /** Unix milliseconds. */
  at: number;
  readonly parts: Map<number, StoredObject>;
}

/** What is in the bucket of the fake S3, and the uploads to it that have not ended. */
export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, StartedUpload>();

  put(key: string, bytes: Buffer): StoredObject {
    const object = stored(bytes);
    this.objects.set(key, object);
    return object;
  }

  get(key: string): StoredObject {
    const object = this.objects.get(key);
    if (!object) throw new S3Refusal(404, "NoSuchKey");
    return object;
  }

  begin(key: string): StartedUpload {
    const upload = { id: randomUUID(), key, at: Date.now(), parts: new Map() };
    this.uploads.set(upload.id, upload);
    return upload;
  }

  upload(id: string): StartedUpload {
    const upload = this.uploads.get(id);
    if (!upload) throw new S3Refusal(404, "NoSuchUpload");
    return upload;
  }

  putPart(id: string, number: number, bytes: Buffer): StoredObject {
    const part = stored(bytes);
    this.upload(id).parts.set(number, part);
    return part;
  }

  /** @param parts the numbers and tags, in the order of the request */
  complete(id: string, parts: readonly (readonly [number: number, tag: string])[]): StoredObject {
    const upload = this.upload(id);
    const pieces = parts.map(([number, tag], i) => {
      if (number <= (parts[i - 1]?.[0] ?? 0)) throw new S3Refusal(400, "InvalidPartOrder");
      const part = upload.parts.get(number);
      if (part?.tag !== tag) throw new S3Refusal(400, "InvalidPart");
      if (i < parts.length - 1 && part.bytes.length < LEAST_PART_BYTES) throw new S3Refusal(400, "EntityTooSmall");
      return part.bytes;
    });
    this.uploads.delete(id);
    return this.put(upload.key, Buffer.concat(pieces));
  }

  /** The keys that begin so and come behind another one, in order. */
  keys(prefix: string, after: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  }
}

function stored(bytes: Buffer): StoredObject {
  return { bytes, tag: `"${createHash("md5").update(bytes).digest("hex")}"`, at: Date.now() };
}
