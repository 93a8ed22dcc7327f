import type { ServerResponse } from "node:http";
import type { S3Answer } from "./operations.ts";

/** What goes wrong with a request. */
export type S3Fault =
  /** It is refused, such as with 503 SlowDown. */
  | { readonly kind: "refuse"; readonly status: number; readonly code: string }
  /** The connection breaks off before anything is done. */
  | { readonly kind: "reset" }
  /** It is done, and the connection breaks off before the answer. */
  | { readonly kind: "lose" }
  /** It is done, and the connection breaks off in the middle of the answer. */
  | { readonly kind: "break" }
  /** It is never answered. */
  | { readonly kind: "stall" }
  /** The answer stops in its middle. */
  | { readonly kind: "pause" };

/** Whether the request is done all the same. */
export function isDone({ kind }: S3Fault): boolean {
  return kind === "lose" || kind === "break" || kind === "pause";
}

/** Answers as the fault has it, or properly without one. */
export function respond(response: ServerResponse, { status, headers, body = "" }: S3Answer, fault?: S3Fault): void {
  if (fault?.kind === "stall") return;
  if (fault?.kind === "reset" || fault?.kind === "lose") return void response.destroy();
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, ...(status !== 204 && { "content-length": bytes.length }) });
  if (!fault || fault.kind === "refuse") return void response.end(bytes);
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => fault.kind === "break" && response.destroy());
}
