import { randomBytes } from "node:crypto";

/** A new trace id: 16 random bytes, hexadecimal (https://www.w3.org/TR/trace-context/#trace-id). */
export function newTraceId(): string {
  return randomBytes(16).toString("hex");
}

/** A new span id: 8 random bytes, hexadecimal. */
export function newSpanId(): string {
  return randomBytes(8).toString("hex");
}
