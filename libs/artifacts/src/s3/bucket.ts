import type { ByteRange } from "@pifleet/invocation";
import { element, elements } from "./answer-elements.ts";
import type { S3Client, S3Content } from "./client.ts";
import { S3Error } from "./s3-error.ts";

/** An object in a list. */
export interface ListedObject {
  readonly key: string;
  /** When it was put, Unix milliseconds. */
  readonly sinceMs: number;
}

export async function hasObject(client: S3Client, key: string): Promise<boolean> {
  try {
    await client.send({ method: "HEAD", key });
    return true;
  } catch (error) {
    if (error instanceof S3Error && error.status === 404) return false;
    throw error;
  }
}

/** Puts an object in one request: it is there whole or not at all. */
export async function putObject(
  client: S3Client,
  key: string,
  body: { bytes: Uint8Array; sha256: string },
): Promise<void> {
  await client.send({ method: "PUT", key, body });
}

/** The object, or a part of it that is not empty. */
export async function openObject(client: S3Client, key: string, range?: Partial<ByteRange>): Promise<S3Content> {
  if (!range) return client.open({ method: "GET", key });
  const last = range.to === undefined ? "" : range.to - 1;
  const content = await client.open({ method: "GET", key, headers: { range: `bytes=${range.from ?? 0}-${last}` } });
  if (content.headers["content-range"] !== undefined) return content;
  await content.pieces.return(undefined);
  throw new S3Error(`a part of ${key}`, 200);
}

/** Removes an object, if it is there. */
export async function removeObject(client: S3Client, key: string): Promise<void> {
  await client.send({ method: "DELETE", key });
}

/** The objects whose keys begin so, by their keys. */
export async function* listObjects(client: S3Client, prefix: string): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const query = { "list-type": "2", prefix, ...(token && { "continuation-token": token }) };
    const { body } = await client.send({ method: "GET", query });
    for (const object of elements(body, "Contents")) {
      const [key, since] = ["Key", "LastModified"].map((name) => element(object, name));
      if (key && since) yield { key, sinceMs: Date.parse(since) };
    }
    token = element(body, "IsTruncated") === "true" ? element(body, "NextContinuationToken") : undefined;
  } while (token);
}
