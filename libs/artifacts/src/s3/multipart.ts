import { createHash } from "node:crypto";
import { element, elements } from "./answer-elements.ts";
import type { S3Client } from "./client.ts";
import { S3Error } from "./s3-error.ts";

/** An upload that was begun and neither completed nor aborted. */
export interface Upload {
  readonly key: string;
  readonly id: string;
}

export interface UnfinishedUpload extends Upload {
  /** Unix milliseconds. */
  readonly begunMs: number;
}

/** @returns the id of the upload */
export async function beginUpload(client: S3Client, key: string): Promise<Upload> {
  const { body } = await client.send({ method: "POST", key, query: { uploads: "" } });
  const id = element(body, "UploadId");
  if (id === undefined) throw new S3Error(`an upload to ${key}`, 200, body);
  return { key, id };
}

/**
 * Sends a part.
 * @param number from 1 up to 10,000
 * @returns the entity tag of the part, as the store writes it
 */
export async function sendPart(
  client: S3Client,
  { key, id }: Upload,
  number: number,
  bytes: Uint8Array,
): Promise<string> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const query = { partNumber: String(number), uploadId: id };
  const { headers } = await client.send({ method: "PUT", key, query, body: { bytes, sha256 } });
  return headers.etag ?? "";
}

/** Makes the object of the parts. An error may come behind a status of success, for it can take a while. */
export async function completeUpload(client: S3Client, { key, id }: Upload, tags: readonly string[]): Promise<void> {
  const parts = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
  const bytes = Buffer.from(`<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { body } = await client.send({ method: "POST", key, query: { uploadId: id }, body: { bytes, sha256 } });
  if (element(body, "Error") !== undefined) throw new S3Error(`the parts of ${key}`, 200, body);
}

export async function abortUpload(client: S3Client, { key, id }: Upload): Promise<void> {
  try {
    await client.send({ method: "DELETE", key, query: { uploadId: id } });
  } catch (error) {
    if (!(error instanceof S3Error) || error.status !== 404) throw error;
  }
}

/** The uploads to keys that begin so, in any order. */
export async function* unfinishedUploads(client: S3Client, prefix: string): AsyncGenerator<UnfinishedUpload> {
  let from: Readonly<Record<string, string>> | undefined = {};
  while (from) {
    const { body } = await client.send({ method: "GET", query: { uploads: "", prefix, ...from } });
    for (const upload of elements(body, "Upload")) {
      const [key, id, begun] = ["Key", "UploadId", "Initiated"].map((name) => element(upload, name));
      if (key && id && begun) yield { key, id, begunMs: Date.parse(begun) };
    }
    from = nextPage(body);
  }
}

function nextPage(body: string): Record<string, string> | undefined {
  if (element(body, "IsTruncated") !== "true") return undefined;
  const [key, id] = ["NextKeyMarker", "NextUploadIdMarker"].map((name) => element(body, name));
  return key ? { "key-marker": key, ...(id && { "upload-id-marker": id }) } : undefined;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
