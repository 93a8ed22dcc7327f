import type { InvocationId } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";

/** The newest attempt of each invocation, in order, in one round trip; `null` where there is none any more. */
export async function newestAttempts(
  redis: Redis,
  keys: Keys,
  ids: readonly InvocationId[],
): Promise<(number | null)[]> {
  const attempts = await reached(Promise.all(ids.map((id) => redis.hget(keys.record(id), "attempt"))));
  return attempts.map((attempt) => (attempt === null ? null : Number(attempt)));
}
