import { Duration } from "@pifleet/invocation";
import * as z from "zod";

/** Where Redis is. */
export const RedisUrl = z
  .url({ protocol: /^rediss?$/, error: "must be a URL such as redis://127.0.0.1:6379" })
  .default("redis://127.0.0.1:6379");

/** What the names of all our keys in Redis begin with, so that several fleets can share one. */
export const RedisPrefix = z
  .string()
  .regex(/^[\w-]{1,64}$/, "must be 1 to 64 letters, digits, dashes or underscores")
  .default("pifleet");

/** The least level that is logged. */
export const LogLevel = z
  .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
    error: "must be one of trace, debug, info, warn, error, fatal, silent",
  })
  .default("info");
export type LogLevel = z.infer<typeof LogLevel>;

/** How long an invocation is kept after its end. Parses to milliseconds. */
export const Retention = Duration.prefault("7d");

/** How long running work may take to finish once the end was asked for, milliseconds. */
export const GraceMs = wholeNumber(0, 86_400_000);

/** A whole number from `low` to `high`, as text. */
export function wholeNumber(low: number, high: number) {
  const message = `must be a whole number from ${low} to ${high}`;
  return z.string().regex(/^\d+$/, message).transform(Number).pipe(z.int().min(low, message).max(high, message));
}
