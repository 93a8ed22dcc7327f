import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { UnavailableError } from "@pifleet/invocation";
import { AwsV4Signer } from "aws4fetch";
import { element } from "./answer-elements.ts";
import type { Deadline } from "./deadline.ts";
import { exchange } from "./exchange.ts";
import { bucketUrl, type S3Location } from "./location.ts";
import { answered, S3Error } from "./s3-error.ts";
import { PATIENCE, type Patience, Tries } from "./tries.ts";

/** The SHA-256 of nothing. */
const NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/** What a store answers that is busy, or out of order, and that may do it when it is asked again. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** A request about the bucket or about an object in it. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** None is the bucket itself. Letters, digits and `/._-` only. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes: Uint8Array; readonly sha256: string };
}

/** An answer with its whole body. */
export interface S3Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer whose body is read piece by piece. Nothing stays open when the reader leaves. */
export interface S3Content {
  readonly headers: IncomingHttpHeaders;
  readonly pieces: AsyncGenerator<Uint8Array>;
}

/**
 * Sends signed requests to a bucket. The body is signed as well, so that the store itself refuses what was changed on
 * the way.
 *
 * All throw `UnavailableError`, within bounded time, when the store cannot be reached or cannot serve now, and
 * `S3Error` for what it refuses.
 */
export class S3Client {
  readonly #url: string;
  readonly #signing: ConstructorParameters<typeof AwsV4Signer>[0];
  readonly #patience: Patience;
  readonly #tries: Tries;

  constructor(location: S3Location, patience: Partial<Patience> = {}) {
    this.#url = bucketUrl(location);
    const { credentials, region } = location;
    this.#signing = { ...credentials, region, service: "s3", url: this.#url, cache: new Map() };
    this.#patience = { ...PATIENCE, ...patience };
    this.#tries = new Tries(this.#patience);
  }

  /** @throws {UnavailableError} when the store was away a moment ago */
  assertReachable(): void {
    this.#tries.assertReachable();
  }

  send(request: S3Request): Promise<S3Answer> {
    return this.#tries.make(request.body !== undefined, async (deadline) => {
      const response = await this.#ask(request, deadline);
      const body = await reached(text(response), deadline);
      deadline.clear();
      return { headers: response.headers, body };
    });
  }

  open(request: S3Request): Promise<S3Content> {
    return this.#tries.make(false, async (deadline) => {
      const response = await this.#ask(request, deadline);
      deadline.clear();
      return { headers: response.headers, pieces: this.#pieces(response, deadline) };
    });
  }

  async *#pieces(response: IncomingMessage, deadline: Deadline): AsyncGenerator<Uint8Array> {
    const pieces: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
    try {
      for (;;) {
        // How long whoever reads them takes is their affair.
        deadline.set(this.#patience.transferMs);
        const next = await reached(pieces.next(), deadline);
        deadline.clear();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      deadline.clear();
      response.destroy();
    }
  }

  async #ask(request: S3Request, deadline: Deadline): Promise<IncomingMessage> {
    const { method, key, query = {}, headers, body } = request;
    const path = key === undefined ? this.#url : `${this.#url}/${key}`;
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const signed = await new AwsV4Signer({
      ...this.#signing,
      method,
      url: search.length > 0 ? `${path}?${search.join("&")}` : path,
      headers: { ...headers, "x-amz-content-sha256": body?.sha256 ?? NOTHING },
    }).sign();
    const options = { method, headers: Object.fromEntries(signed.headers), body: body?.bytes, signal: deadline.signal };
    const response = await reached(exchange(signed.url, options), deadline);
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status < 300) return response;
    throw refusal(request, status, await reached(text(response), deadline));
  }
}

function refusal({ method, key = "the bucket" }: S3Request, status: number, body: string): Error {
  if (PASSING.has(status) || element(body, "Code") === "RequestTimeout")
    return new UnavailableError(`S3 answered ${answered(status, body)}`);
  return new S3Error(`${method} of ${key}`, status, body);
}

/** What was sent or read over the network. @throws {UnavailableError} with what has failed */
async function reached<T>(work: Promise<T>, { signal }: Deadline): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const cause: unknown = signal.aborted ? signal.reason : error;
    throw new UnavailableError(`S3 cannot be reached: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? String(error.code) : error.message;
}
