import type { Invocation } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";
import { readRecords } from "./read-records.ts";

const LIMIT = 100;

/** Up to 100 queued invocations that were admitted before `beforeMs` (Redis time) and are not known to be in the queue. */
export async function unqueuedInvocations(redis: Redis, keys: Keys, beforeMs: number): Promise<Invocation[]> {
  const ids = await reached(redis.zrangebyscore(keys.unqueued, "-inf", beforeMs, "LIMIT", 0, LIMIT));
  const found = await readRecords(redis, keys, ids);
  const gone = ids.filter((_, i) => found[i] === null);
  if (gone.length > 0) await reached(redis.zrem(keys.unqueued, ...gone));
  return found.filter((invocation) => invocation !== null);
}
