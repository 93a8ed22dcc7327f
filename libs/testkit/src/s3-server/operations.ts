import type { Bucket, StoredObject } from "./bucket.ts";
import { S3Refusal } from "./refusal.ts";

export interface S3Call {
  readonly method: string;
  /** In the bucket; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly range: string | undefined;
  readonly body: Buffer;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/**
 * Does what a request asks.
 * @param pageSize so many entries of a list are in one answer
 * @throws {S3Refusal}
 */
export function perform(bucket: Bucket, call: S3Call, pageSize: number): S3Answer {
  const { query, key } = call;
  if (key === "") return query.has("uploads") ? listUploads(bucket, query, pageSize) : list(bucket, query, pageSize);
  return query.has("uploads") || query.has("uploadId") ? multipart(bucket, call) : object(bucket, call);
}

function object(bucket: Bucket, { method, key, range, body }: S3Call): S3Answer {
  switch (method) {
    case "PUT":
      return { status: 200, headers: { etag: bucket.put(key, body).tag } };
    case "DELETE":
      bucket.objects.delete(key);
      return { status: 204 };
    case "GET":
    case "HEAD":
      return content(bucket.get(key), range);
    default:
      throw new S3Refusal(405, "MethodNotAllowed");
  }
}

function content({ bytes, tag }: StoredObject, range: string | undefined): S3Answer {
  if (range === undefined) return { status: 200, headers: { etag: tag }, body: bytes };
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const first = Number(from);
  const last = Math.min(to === "" ? Number.POSITIVE_INFINITY : Number(to), bytes.length - 1);
  if (from === "" || first > last) throw new S3Refusal(416, "InvalidRange");
  const headers = { etag: tag, "content-range": `bytes ${first}-${last}/${bytes.length}` };
  return { status: 206, headers, body: bytes.subarray(first, last + 1) };
}

function multipart(bucket: Bucket, { method, key, query, body }: S3Call): S3Answer {
  const id = query.get("uploadId") ?? "";
  if (method === "POST" && query.has("uploads"))
    return xml("InitiateMultipartUploadResult", element("UploadId", bucket.begin(key).id));
  if (bucket.upload(id).key !== key) throw new S3Refusal(404, "NoSuchUpload");
  if (method === "PUT")
    return { status: 200, headers: { etag: bucket.putPart(id, Number(query.get("partNumber")), body).tag } };
  if (method === "POST")
    return xml("CompleteMultipartUploadResult", element("ETag", bucket.complete(id, partsOf(body)).tag));
  bucket.uploads.delete(id);
  return { status: 204 };
}

function partsOf(body: Buffer): [number, string][] {
  const parts = body.toString().matchAll(/<Part><PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag><\/Part>/g);
  return [...parts].map(([, number, tag = ""]) => [Number(number), tag.replaceAll("&quot;", '"')]);
}

function list(bucket: Bucket, query: URLSearchParams, pageSize: number): S3Answer {
  if (query.get("list-type") !== "2") throw new S3Refusal(501, "NotImplemented");
  const after = Buffer.from(query.get("continuation-token") ?? "", "base64").toString();
  const keys = bucket.keys(query.get("prefix") ?? "", after);
  const page = keys.slice(0, pageSize);
  const contents = page.map((key) => {
    const { at, bytes, tag } = bucket.get(key);
    const since = element("LastModified", new Date(at).toISOString());
    return `<Contents>${element("Key", key)}${since}${element("ETag", tag)}${element("Size", bytes.length)}</Contents>`;
  });
  const token = Buffer.from(page.at(-1) ?? "").toString("base64");
  const more = keys.length > pageSize ? element("NextContinuationToken", token) : "";
  return xml("ListBucketResult", element("IsTruncated", keys.length > pageSize), ...contents, more);
}

function listUploads(bucket: Bucket, query: URLSearchParams, pageSize: number): S3Answer {
  const marker = [query.get("key-marker"), query.get("upload-id-marker")].join("\n");
  const uploads = [...bucket.uploads.values()]
    .map((upload) => ({ ...upload, mark: `${upload.key}\n${upload.id}` }))
    .filter(({ key, mark }) => key.startsWith(query.get("prefix") ?? "") && (marker === "\n" || mark > marker))
    .sort((one, other) => (one.mark < other.mark ? -1 : 1));
  const page = uploads.slice(0, pageSize).map(({ key, id, at }) => {
    const begun = element("Initiated", new Date(at).toISOString());
    return `<Upload>${element("Key", key)}${element("UploadId", id)}${begun}</Upload>`;
  });
  const last = uploads[page.length - 1];
  const next = last ? element("NextKeyMarker", last.key) + element("NextUploadIdMarker", last.id) : "";
  return xml("ListMultipartUploadsResult", next, element("IsTruncated", uploads.length > pageSize), ...page);
}

/** The answer to a request that is refused. */
export function refused({ status, code }: S3Refusal): S3Answer {
  return { ...xml("Error", element("Code", code), element("Message", `refused: ${code}`)), status };
}

function xml(name: string, ...content: string[]): S3Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${content.join("")}</${name}>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

function element(name: string, content: string | number | boolean): string {
  const text = String(content).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return `<${name}>${text}</${name}>`;
}
