import type { Invocation, InvocationId } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";
import { decodeRecord } from "./record.ts";

/** The invocations with these ids, in order, in one round trip; `null` where there is none any more. */
export async function readRecords(redis: Redis, keys: Keys, ids: readonly string[]): Promise<(Invocation | null)[]> {
  return reached(
    Promise.all(
      (ids as InvocationId[]).map(async (id) => decodeRecord(id, await redis.hgetallBuffer(keys.record(id)))),
    ),
  );
}
