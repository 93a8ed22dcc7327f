import type { ServerResponse } from "node:http";

/** How the sink answers a request. */
export type WebhookReply =
  | { readonly kind: "ok"; readonly body?: string | Uint8Array }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** Wants the message somewhere else. */
  | { readonly kind: "redirect"; readonly location: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  /** Wants it later: after so many seconds, or at the time that an HTTP date tells. */
  | { readonly kind: "retryAfter"; readonly value: string; readonly status?: number }
  /** Wants nothing any more. */
  | { readonly kind: "gone" }
  /** Never answers. */
  | { readonly kind: "hang" }
  /** Answers with a status and then one byte a tick, without end. */
  | { readonly kind: "drip"; readonly everyMs: number; readonly status?: number }
  /** Breaks the connection off without an answer. */
  | { readonly kind: "reset" };

/** The status that an answer begins with; `undefined` when there is none. */
export function statusOf(reply: WebhookReply): number | undefined {
  switch (reply.kind) {
    case "ok":
      return 200;
    case "status":
      return reply.status;
    case "redirect":
      return reply.status ?? 307;
    case "retryAfter":
      return reply.status ?? 503;
    case "gone":
      return 410;
    case "drip":
      return reply.status ?? 200;
    default:
      return undefined;
  }
}

export function answer(response: ServerResponse, reply: WebhookReply): void {
  const status = statusOf(reply);
  if (status === undefined) {
    if (reply.kind === "reset") response.destroy();
    return;
  }
  response.writeHead(status, headersOf(reply));
  if (reply.kind !== "drip") {
    response.end("body" in reply ? reply.body : undefined);
    return;
  }
  const timer = setInterval(() => response.write("."), reply.everyMs);
  response.on("close", () => clearInterval(timer));
}

function headersOf(reply: WebhookReply): Readonly<Record<string, string>> {
  if (reply.kind === "status") return reply.headers ?? {};
  if (reply.kind === "redirect") return { location: reply.location };
  return reply.kind === "retryAfter" ? { "retry-after": reply.value } : {};
}
