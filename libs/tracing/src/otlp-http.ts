import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** What came of one request to a collector. */
export type Answer =
  | { readonly kind: "accepted"; readonly body: Uint8Array }
  | { readonly kind: "retryable"; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly kind: "refused"; readonly reason: string };

/** The statuses after which OTLP lets a client try again (https://opentelemetry.io/docs/specs/otlp/#failures-1). */
const RETRYABLE = new Set([429, 502, 503, 504]);
const MAX_ANSWER_BYTES = 64 * 1_024;

const compress = promisify(gzip);

/**
 * Posts one protobuf message, compressed. The deadline covers everything, also an answer that drips in byte by byte.
 * A reason never holds a header or a path, in which credentials may stand.
 */
export async function post(
  url: string,
  headers: Record<string, string>,
  message: Uint8Array,
  deadline: AbortSignal,
): Promise<Answer> {
  const body = await compress(message);
  const { protocol, host } = new URL(url);
  const request = protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ kind: "retryable", reason: failure(error, host, deadline) });
    const outgoing = request(url, {
      method: "POST",
      signal: deadline,
      headers: {
        ...headers,
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
        "content-length": body.length,
        "user-agent": "pi-fleet",
      },
    });
    outgoing.on("error", fail);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
        else outgoing.destroy(new Error("the answer is too long"));
      });
      response.on("error", fail);
      response.on("end", () =>
        resolve(answer(response.statusCode ?? 0, response.headers["retry-after"], host, Buffer.concat(chunks))),
      );
    });
    outgoing.end(body);
  });
}

function answer(status: number, retryAfter: string | undefined, host: string, body: Buffer): Answer {
  if (status >= 200 && status < 300) return { kind: "accepted", body };
  const reason = `${host} answered ${status}`;
  if (!RETRYABLE.has(status)) return { kind: "refused", reason };
  const retryAfterMs = retryAfter ? parseRetryAfter(retryAfter) : undefined;
  return { kind: "retryable", reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Seconds or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), as milliseconds from now. */
function parseRetryAfter(value: string): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function failure(error: Error, host: string, deadline: AbortSignal): string {
  if (deadline.aborted) return `${host} did not answer in time`;
  const code = "code" in error ? String(error.code) : error.message;
  return `${host} cannot be reached (${code})`;
}
