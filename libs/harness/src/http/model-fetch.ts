import { channel } from "node:diagnostics_channel";
import * as http from "node:http";
import * as https from "node:https";
import type { Readable } from "node:stream";
import { decodedBody } from "./decoders.ts";
import { ModelBody } from "./model-body.ts";
import { type HeadersSource, ModelHeaders } from "./model-headers.ts";
import { ModelResponse } from "./model-response.ts";
import type { Network } from "./network.ts";

/** Published with a `HeadersMessage` when the head of an answer is there. */
export const HEADERS_CHANNEL = "pifleet.model-fetch.headers";
/** Published with each piece of an answer's body, a `Uint8Array`; with nothing, when a piece came by another way. */
export const BODY_CHANNEL = "pifleet.model-fetch.body";

/** Published with a `FaultMessage` when a connection could not be made, or broke off. */
export const FAULT_CHANNEL = "pifleet.model-fetch.fault";

/** What is published of a fault of the network. */
export interface FaultMessage {
  readonly error: unknown;
  /** Whether the head of an answer had come before. */
  readonly answered: boolean;
}

/** What is published of the head of an answer. */
export interface HeadersMessage {
  readonly status: number;
  readonly headers: ModelHeaders;
}

export interface FetchOptions {
  readonly method?: string;
  readonly headers?: HeadersSource;
  readonly body?: string | Uint8Array | null;
  readonly signal?: AbortSignal | null;
  /** The Unix socket that the request is sent to, whatever host is named. */
  readonly socketPath?: string;
}

type Exchange = Omit<FetchOptions, "headers"> & { readonly url: URL; readonly headers: ModelHeaders };

const MAX_REDIRECTS = 5;
/** These ask for the same request again; the other redirects for a GET. */
const SAME_METHOD = [307, 308];
/** What another origin must not get. */
const CREDENTIALS = ["authorization", "cookie", "x-api-key", "x-goog-api-key", "api-key"];

const headersChannel = channel(HEADERS_CHANNEL);
const bodyChannel = channel(BODY_CHANNEL);
const faultChannel = channel(FAULT_CHANNEL);

let network: Network | undefined;

/** Sends all further requests over this network; without one, over Node's own agents. */
export function useNetwork(use: Network | undefined): void {
  network = use;
}

/**
 * Fetch for model requests, over `node:http`. Node's own fetch takes 40 ms of CPU at its first use, which is more than
 * all else that a run needs; it cannot be part of a startup snapshot, either. It waits without limit: the deadlines are
 * the executor's. It rejects and breaks off with the errors of Node's own, by whose words Pi knows what to try again.
 *
 * It does what clients of models ask for: a text or bytes as the body, redirects, compressed answers, and `signal`.
 */
export async function modelFetch(input: string | URL, options: FetchOptions = {}): Promise<ModelResponse> {
  let exchange: Exchange = { ...options, url: new URL(input), headers: new ModelHeaders(options.headers) };
  for (let redirects = 0; ; redirects += 1) {
    const message = await send(exchange);
    const target = redirectOf(message);
    if (target === undefined) return answer(exchange, message);
    message.destroy();
    if (redirects === MAX_REDIRECTS) throw failed(new Error("too many redirects"));
    exchange = redirected(exchange, message.statusCode ?? 0, target);
  }
}

function send({ url, method = "GET", headers, body, signal, socketPath }: Exchange): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const sent = new ModelHeaders(headers);
    if (!sent.has("accept")) sent.set("accept", "*/*");
    if (body !== undefined && body !== null) sent.set("content-length", String(Buffer.byteLength(body)));
    const { request } = url.protocol === "https:" ? https : http;
    if (!sent.has("accept-encoding")) sent.set("accept-encoding", "gzip, deflate, br");
    const agent = socketPath === undefined ? network?.agent(url.protocol) : undefined;
    const by = { ...(signal && { signal }), ...(socketPath !== undefined && { socketPath }), ...(agent && { agent }) };
    const outgoing = request(url, { method, headers: Object.fromEntries(sent), ...by }, resolve);
    outgoing.on("error", (error) => {
      if (signal?.aborted) return reject(signal.reason);
      faultChannel.publish({ error, answered: false } satisfies FaultMessage);
      reject(failed(error));
    });
    outgoing.end(body ?? undefined);
  });
}

function failed(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause });
}

function redirectOf({ statusCode = 0, headers }: http.IncomingMessage): string | undefined {
  return statusCode >= 301 && statusCode <= 308 && statusCode !== 304 ? headers.location : undefined;
}

function redirected(exchange: Exchange, status: number, target: string): Exchange {
  const url = new URL(target, exchange.url);
  const headers = new ModelHeaders(exchange.headers);
  if (url.origin !== exchange.url.origin) for (const name of CREDENTIALS) headers.delete(name);
  return SAME_METHOD.includes(status)
    ? { ...exchange, url, headers }
    : { ...exchange, url, headers, method: "GET", body: null };
}

function answer({ url, signal }: Exchange, message: http.IncomingMessage): ModelResponse {
  const headers = new ModelHeaders(pairs(message.rawHeaders));
  const { statusCode: status = 0, statusMessage: statusText = "" } = message;
  headersChannel.publish({ status, headers } satisfies HeadersMessage);
  const source = decodedBody(message, headers.get("content-encoding"));
  const body = new ModelBody(pieces(source, signal), () => source.destroy());
  return new ModelResponse(body, { status, statusText, headers, url: url.href });
}

function* pairs(raw: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] ?? "", raw[i + 1] ?? ""];
}

/** What is not read yet stays, but for a little, with who sends it. */
async function* pieces(
  source: Readable,
  signal: AbortSignal | null | undefined,
): AsyncGenerator<Uint8Array, undefined> {
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const piece = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      bodyChannel.publish(piece);
      yield piece;
    }
    return undefined;
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    faultChannel.publish({ error: cause, answered: true } satisfies FaultMessage);
    throw new TypeError("terminated", { cause });
  }
}
