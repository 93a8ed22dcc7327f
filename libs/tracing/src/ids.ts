import { randomUUID } from "node:crypto";

// They are cut out of UUIDs, of which Node draws the random numbers ahead: asked for bytes, it takes ten times as long.

/** A new trace id: 16 bytes, hexadecimal, all but 6 bits random (https://www.w3.org/TR/trace-context/#trace-id). */
export function newTraceId(): string {
  return randomUUID().replaceAll("-", "");
}

/** A new span id: 8 random bytes, hexadecimal. */
export function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(28);
}
