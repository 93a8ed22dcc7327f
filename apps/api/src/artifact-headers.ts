import { posix } from "node:path";
import type { Artifact } from "@pifleet/invocation";

const ANY = "application/octet-stream";
/** What a browser shows without running anything of it. HTML, SVG and XML are not among them. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".csv": "text/csv; charset=utf-8",
  ".gif": "image/gif",
  ".gz": "application/gzip",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".log": "text/plain; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".webp": "image/webp",
  ".zip": "application/zip",
};

/** The entity tag of an artifact. */
export function entityTag({ sha256 }: Artifact): string {
  return `"${sha256}"`;
}

/** The headers of every answer that holds an artifact. An agent made it: no browser is to take it for a page of ours. */
export function artifactHeaders(artifact: Artifact): Record<string, string> {
  return {
    "content-type": MEDIA_TYPES[posix.extname(artifact.path).toLowerCase()] ?? ANY,
    "content-disposition": disposition(posix.basename(artifact.path)),
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
    etag: entityTag(artifact),
  };
}

/** To be saved under this name (RFC 6266); for clients that know ASCII only, under one that is like it. */
function disposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["%\\]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"${ascii === name ? "" : `; filename*=UTF-8''${encoded}`}`;
}
