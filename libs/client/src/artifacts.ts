import type { Artifact } from "@pifleet/invocation";
import type { CallOptions } from "./invocations.ts";
import { resourcePath } from "./resource-path.ts";
import { retrying } from "./retry.ts";
import type { Transport } from "./transport.ts";

export interface DownloadOptions extends CallOptions {
  /** Only this part, in bytes: from the first up to and without the last. To its end when there is no last. */
  readonly range?: { readonly from: number; readonly to?: number | undefined } | undefined;
}

/** An artifact that is being downloaded. */
export interface Download {
  /** The bytes, as they come. Cancel it, or read it to its end. A connection that is cut makes it fail. */
  readonly body: ReadableStream<Uint8Array>;
  /** How many bytes come. */
  readonly bytes: number;
  /** Of the whole artifact, in hexadecimal. */
  readonly sha256: string;
  readonly contentType: string;
}

/** The files that invocations have left in the directory outputs of their workspaces. */
export class Artifacts {
  readonly #transport: Transport;

  /** @internal A client makes it. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All of an invocation; none before it has ended. */
  async list(invocation: string, { signal }: CallOptions = {}): Promise<Artifact[]> {
    const path = `${pathOf(invocation)}/artifacts`;
    const { items } = await this.#transport.json<{ items: Artifact[] }>({ path, signal });
    return items;
  }

  /**
   * Begins to download one.
   * @throws {TypeError} when the path can be no artifact's
   */
  async download(invocation: string, path: string, { range, signal }: DownloadOptions = {}): Promise<Download> {
    const headers = { accept: "*/*", range: range && `bytes=${range.from}-${lastOf(range)}` };
    const request = { path: `${pathOf(invocation)}/artifacts/${encodePath(path)}`, headers, signal };
    const never = new AbortController().signal;
    const response = await retrying(this.#transport.retries, signal, () => this.#transport.openInTime(request, never));
    return {
      body: response.body ?? new Blob([]).stream(),
      bytes: Number(response.headers.get("content-length")),
      sha256: (response.headers.get("etag") ?? "").replaceAll('"', ""),
      contentType: response.headers.get("content-type") ?? "application/octet-stream",
    };
  }
}

function pathOf(id: string): string {
  return resourcePath("invocations", id, "an invocation");
}

function lastOf({ to }: { readonly to?: number | undefined }): string {
  return to === undefined ? "" : String(to - 1);
}

/** Each segment by itself; one that a URL would not keep is refused. */
function encodePath(path: string): string {
  const segments = path.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    throw new TypeError(`not the path of an artifact: '${path}'`);
  return segments.map(encodeURIComponent).join("/");
}
