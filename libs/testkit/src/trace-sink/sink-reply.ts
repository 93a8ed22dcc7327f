import type { ServerResponse } from "node:http";
import { encodePartialSuccess } from "./decode.ts";

/** How the sink answers a request. */
export type SinkReply =
  | { readonly kind: "ok" }
  | { readonly kind: "status"; readonly status: number; readonly headers?: Record<string, string> }
  /** Takes the spans but for `rejected` of them. */
  | { readonly kind: "partial"; readonly rejected: number; readonly message: string }
  /** An answer of a server that is no collector. */
  | { readonly kind: "body"; readonly body: string }
  /** Never answers. */
  | { readonly kind: "hang" }
  /** Answers one byte a tick, without end. */
  | { readonly kind: "drip"; readonly everyMs: number; readonly status?: number }
  /** Breaks the connection off. */
  | { readonly kind: "reset" };

/** Whether the spans that came with the request are the collector's now. */
export function takesSpans({ kind }: SinkReply): boolean {
  return kind === "ok" || kind === "partial" || kind === "body";
}

export function answer(response: ServerResponse, reply: SinkReply): void {
  const protobuf = { "content-type": "application/x-protobuf" };
  switch (reply.kind) {
    case "ok":
      response.writeHead(200, protobuf).end();
      break;
    case "status":
      response.writeHead(reply.status, reply.headers).end();
      break;
    case "partial":
      response.writeHead(200, protobuf).end(encodePartialSuccess(reply.rejected, reply.message));
      break;
    case "body":
      response.writeHead(200, { "content-type": "text/html" }).end(reply.body);
      break;
    case "drip": {
      response.writeHead(reply.status ?? 200);
      const timer = setInterval(() => response.write("."), reply.everyMs);
      response.on("close", () => clearInterval(timer));
      break;
    }
    case "reset":
      response.destroy();
      break;
    case "hang":
      break;
  }
}
