import type { InvocationId } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";

const LIMIT = 500;

/** Up to 500 ids of invocations that have not ended, oldest first: ids are ULIDs, so that is their lexical order. */
export async function openInvocations(
  redis: Redis,
  keys: Keys,
  after: InvocationId | undefined,
): Promise<InvocationId[]> {
  const ids = await reached(redis.zrangebylex(keys.open, after ? `(${after}` : "-", "+", "LIMIT", 0, LIMIT));
  return ids as InvocationId[];
}
