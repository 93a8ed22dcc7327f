import type { Redis } from "ioredis";
import { isUnreachable, reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";

const PROBE_MS = 60_000;

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^OOM\b/, "Redis is full: it has reached its maxmemory; free memory or raise it"],
  [/^MISCONF\b/, "Redis cannot save to its disk; see its log"],
  [/^READONLY\b/, "Redis is a replica, which takes no writes; connect to the primary"],
  [/^NOREPLICAS\b/, "Redis has fewer replicas than it wants (min-replicas-to-write)"],
];

/** Why Redis takes no writes, found out by one; null when it does. @throws {UnavailableError} when it does not answer */
export async function refusesWrites(redis: Redis, keys: Keys): Promise<string | null> {
  try {
    await redis.set(keys.probe, "", "PX", PROBE_MS);
    return null;
  } catch (error) {
    const reason = REASONS.find(([answer]) => error instanceof Error && answer.test(error.message))?.[1];
    return reason ?? reached(Promise.reject(error));
  }
}

/** Whether something was refused because Redis is full. */
export function isOutOfMemory(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return cause instanceof Error && isUnreachable(cause) && /^OOM\b/.test(cause.message);
}
