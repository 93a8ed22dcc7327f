import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { decodeSpans, encodePartialSuccess, type ReceivedSpan } from "./decode.ts";

/** How the sink answers a request. */
export type SinkReply =
  | { readonly kind: "ok" }
  | { readonly kind: "status"; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: "partial"; readonly rejected: number; readonly message: string }
  /** Never answers. */
  | { readonly kind: "hang" }
  /** Answers one byte a tick, without end. */
  | { readonly kind: "drip"; readonly everyMs: number };

/** A collector for tests: takes OTLP/HTTP with protobuf and decodes it with code that shares nothing with ours. */
export interface TraceSink {
  /** What to set as `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  /** The headers of every request, oldest first. */
  readonly requests: readonly IncomingMessage["headers"][];
  /** Every batch that was accepted. */
  readonly batches: readonly ReceivedSpan[][];
  /** The next answers, one a request; then `ok` again. */
  reply(...replies: SinkReply[]): void;
  /** The first batch that holds a span of this trace; resolves when it is there. */
  batchOf(traceId: string): Promise<ReceivedSpan[]>;
  close(): Promise<void>;
}

/** Starts a sink on a free port of the loopback address. */
export async function startTraceSink(): Promise<TraceSink> {
  const requests: IncomingMessage["headers"][] = [];
  const batches: ReceivedSpan[][] = [];
  const replies: SinkReply[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    requests.push(request.headers);
    const reply = replies.shift() ?? { kind: "ok" };
    if (reply.kind === "ok" || reply.kind === "partial")
      batches.push(decodeSpans(request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body));
    answer(response, reply);
    for (const wake of waiting) wake();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    batches,
    reply: (...next) => void replies.push(...next),
    batchOf: (traceId) =>
      new Promise((resolve) => {
        const look = () => {
          const batch = batches.find((spans) => spans.some((span) => span.traceId === traceId));
          if (!batch) return;
          waiting.delete(look);
          resolve(batch);
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, reply: SinkReply): void {
  switch (reply.kind) {
    case "ok":
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
      break;
    case "status":
      response.writeHead(reply.status, reply.headers).end();
      break;
    case "partial":
      response.writeHead(200, { "content-type": "application/x-protobuf" });
      response.end(encodePartialSuccess(reply.rejected, reply.message));
      break;
    case "drip": {
      response.writeHead(200);
      const timer = setInterval(() => response.write("."), reply.everyMs);
      response.on("close", () => clearInterval(timer));
      break;
    }
    case "hang":
      break;
  }
}
