import type { Invocation, InvocationId } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";
import { readRecords } from "./read-records.ts";
import { reached } from "./unavailable.ts";

const LIMIT = 500;

/** Up to 500 invocations that have not ended, oldest first: ids are ULIDs, so that is their lexical order. */
export async function openInvocations(
  redis: Redis,
  keys: Keys,
  after: InvocationId | undefined,
): Promise<Invocation[]> {
  const ids = await reached(redis.zrangebylex(keys.open, after ? `(${after}` : "-", "+", "LIMIT", 0, LIMIT));
  const found = await readRecords(redis, keys, ids);
  const gone = ids.filter((_, i) => found[i] === null);
  if (gone.length > 0) await reached(redis.zrem(keys.open, ...gone));
  return found.filter((invocation) => invocation !== null);
}
