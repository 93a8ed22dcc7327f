import { type Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Deadline } from "./deadline.ts";

/** What came of one request to a collector. A reason names the host and nothing else of the destination. */
export type Answer =
  | { readonly kind: "accepted"; readonly body: Uint8Array }
  | { readonly kind: "retryable"; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: "too_large"; readonly reason: string }
  /** For good, unless the reason may pass: a credential that has expired, a path that is not served yet. */
  | { readonly kind: "refused"; readonly reason: string; readonly mayPass?: true };

/** How a destination is connected to; here an address guard has its place. */
export interface Connection {
  readonly agent?: Agent;
  /** Resolves the host's name. It is not asked for a host that is an address already: an agent is. */
  readonly lookup?: LookupFunction;
  /** Whether the error says that the destination must not be connected to, now or later. */
  readonly isForbidden?: (error: Error) => boolean;
}

export interface Target {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly connection?: Connection;
}

/** The statuses after which OTLP lets a client try again (https://opentelemetry.io/docs/specs/otlp/#failures-1). */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** The collector does not say anything about the spans with these, but about who sends them where. */
const MAY_PASS = new Set([401, 403, 404, 407]);
const MAX_ANSWER_BYTES = 64 * 1_024;

const compress = promisify(gzip);

/**
 * Posts one protobuf message, compressed. The deadline covers everything, also the compression, and an answer that
 * drips in byte by byte. Never rejects. Redirects are not followed.
 */
export async function post(target: Target, message: Uint8Array, deadline: Deadline): Promise<Answer> {
  const { host } = target.url;
  const body = await deadline.within(compress(message));
  if (!body) return late(host);
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const fail = (error: Error) => resolve(failure(error, target, deadline));
  try {
    const outgoing = open(target, body.length, deadline.signal);
    outgoing.on("error", fail);
    outgoing.on("response", (response) => {
      response.on("error", fail);
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) readBody(response, host, resolve);
      else resolve(notAccepted(response, host));
    });
    outgoing.end(body);
  } catch (error) {
    resolve(impossible(error, target));
  }
  return promise;
}

function open({ url, headers, connection: { agent, lookup } = {} }: Target, bytes: number, signal: AbortSignal) {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return request(url, {
    method: "POST",
    signal,
    ...(agent && { agent }),
    ...(lookup && { lookup }),
    headers: {
      ...headers,
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
      "content-length": bytes,
      "user-agent": "pi-fleet",
    },
  });
}

/** The answer may say that some spans were refused. */
function readBody(response: IncomingMessage, host: string, resolve: (answer: Answer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= MAX_ANSWER_BYTES) return;
    resolve({ kind: "refused", reason: `${host} answered with more than a collector does` });
    response.destroy();
  });
  response.on("end", () => resolve({ kind: "accepted", body: Buffer.concat(chunks) }));
}

/** The status says it all: the rest of the answer is not waited for. */
function notAccepted(response: IncomingMessage, host: string): Answer {
  const { statusCode: status = 0, headers } = response;
  response.destroy();
  const reason = `${host} answered ${status}`;
  if (status === 413) return { kind: "too_large", reason };
  if (MAY_PASS.has(status)) return { kind: "refused", reason, mayPass: true };
  if (!RETRYABLE.has(status)) return { kind: "refused", reason };
  const retryAfterMs = parseRetryAfter(headers["retry-after"]);
  return { kind: "retryable", reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Seconds or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), as milliseconds from now. */
function parseRetryAfter(value = ""): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** An agent may throw at once; Node refuses headers and protocols that cannot be sent, and quotes them. */
function impossible(error: unknown, { url: { host }, connection }: Target): Answer {
  if (error instanceof Error && connection?.isForbidden?.(error)) return forbidden(host);
  return { kind: "refused", reason: `${host} cannot be asked: the protocol or a header is not valid` };
}

function failure(error: Error, { url: { host }, connection }: Target, deadline: Deadline): Answer {
  if (deadline.isOver) return late(host);
  if (connection?.isForbidden?.(error)) return forbidden(host);
  const code = "code" in error ? String(error.code) : error.name;
  return { kind: "retryable", reason: `${host} cannot be reached (${code})` };
}

function forbidden(host: string): Answer {
  return { kind: "refused", reason: `${host} must not be connected to` };
}

function late(host: string): Answer {
  return { kind: "retryable", reason: `${host} did not answer in time` };
}
