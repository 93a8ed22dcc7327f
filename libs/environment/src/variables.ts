import { isIP, isIPv6 } from "node:net";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { Duration } from "@pifleet/invocation";
import * as z from "zod";

/** Where Redis is. */
export const RedisUrl = z
  .url({ protocol: /^rediss?$/, error: "must be a URL such as redis://127.0.0.1:6379" })
  .default("redis://127.0.0.1:6379");

/** Prefix of all our keys in Redis, so that several fleets can share one. */
export const RedisPrefix = z
  .string()
  .regex(/^[\w-]{1,64}$/, "must be 1 to 64 letters, digits, dashes or underscores")
  .default("pifleet");

/** How many replicas must have what a client is told of before it is told; 0: none is waited for. */
export const RedisReplicas = wholeNumber(0, 16).default(0);

/** How long replicas are waited for at most, milliseconds. */
export const RedisWaitMs = wholeNumber(1, 1_000).default(250);

/** The least level that is logged. */
export const LogLevel = z
  .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], {
    error: "must be one of trace, debug, info, warn, error, fatal, silent",
  })
  .default("info");
export type LogLevel = z.infer<typeof LogLevel>;

/** How long an invocation is kept after its end. Parses to milliseconds. */
export const Retention = Duration.prefault("7d");

/** The most invocations of one tenant that run at once, over all workers; any number by default. */
export const TenantRunning = wholeNumber(1, 1_000_000).optional();

/** How long running work may take to finish once the end was asked for, milliseconds. */
export const GraceMs = wholeNumber(0, 86_400_000);

const NO_WATCHDOG = "must be 0 (off) or a whole number from 1000 to 600000";
/** How long an event loop may stand still before its process is killed, milliseconds; 0 is for ever. */
export const WatchdogMs = z
  .string()
  .regex(/^\d{1,6}$/, NO_WATCHDOG)
  .transform(Number)
  .refine((ms) => ms === 0 || (ms >= 1_000 && ms <= 600_000), NO_WATCHDOG)
  .default(5_000);

/**
 * What webhooks and the trace endpoints of invocations may be sent to besides public addresses: `loopback`, `private`
 * and CIDRs, separated by commas. Parses to a list; default: an empty one.
 */
export const AddressAllowance = z
  .string()
  .transform((text) => text.split(",").map((entry) => entry.trim()))
  .pipe(z.array(z.custom<"loopback" | "private" | `${string}/${string}`>(isAllowance, { error: noAllowance })))
  .default([]);
export type AddressAllowance = z.infer<typeof AddressAllowance>;

/**
 * The name servers that are asked for hosts that clients name, such as `10.0.0.2` or `[fd00::2]:5353`, separated by
 * commas. Undefined by default: those of the machine.
 */
export const NameServers = z
  .string()
  .transform((text) => text.split(",").map((entry) => entry.trim()))
  .pipe(z.array(z.string().refine(isNameServer, { error: noNameServer })))
  .optional();

/** The absolute path of a directory; by default `name` in the temporary directory. */
export function absolutePath(name: string) {
  return z.string().refine(isAbsolute, "must be an absolute path").default(temporaryDirectory(name));
}

/** Where `name` is in the temporary directory. */
export function temporaryDirectory(name: string): string {
  return join(tmpdir(), name);
}

/** A whole number from `low` to `high`, as text. */
export function wholeNumber(low: number, high: number) {
  const message = `must be a whole number from ${low} to ${high}`;
  return z.string().regex(/^\d+$/, message).transform(Number).pipe(z.int().min(low, message).max(high, message));
}

function isAllowance(entry: unknown): boolean {
  if (entry === "loopback" || entry === "private") return true;
  return z.cidrv4().safeParse(entry).success || z.cidrv6().safeParse(entry).success;
}

/** An IP address, with a port if it is not 53; one of IPv6 that has a port stands in brackets. */
function isNameServer(entry: string): boolean {
  if (isIP(entry) !== 0) return true;
  const colon = entry.lastIndexOf(":");
  const [host, port] = [entry.slice(0, colon), entry.slice(colon + 1)];
  const isHost = host.startsWith("[") ? host.endsWith("]") && isIPv6(host.slice(1, -1)) : isIP(host) === 4;
  return isHost && /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536;
}

function noNameServer({ input }: { readonly input?: unknown }): string {
  return `must be IP addresses such as 10.0.0.2, 10.0.0.2:5353 or [fd00::2]:5353, separated by commas; ${JSON.stringify(input)} is none`;
}

function noAllowance({ input }: { readonly input?: unknown }): string {
  return `must be loopback, private and CIDRs such as 10.1.0.0/16, separated by commas; ${JSON.stringify(input)} is none of them`;
}
