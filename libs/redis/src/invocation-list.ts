import type { Invocation, InvocationId, InvocationPage, InvocationQuery } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";
import { readRecords } from "./read-records.ts";
import { reached } from "./unavailable.ts";

/** How many records one call looks at, at most, while it searches for those that match. */
const LOOKED_AT = 1_000;

/**
 * A page of a tenant's invocations, newest first: ids are ULIDs, so the lexical order of the index is the order of
 * submission. When few records match, a page may be short, or even empty, and yet not be the last one.
 */
export async function listInvocations(redis: Redis, keys: Keys, query: InvocationQuery): Promise<InvocationPage> {
  const index = keys.index(query.status ?? "all", query.tenant);
  const { limit } = query;
  const found: Invocation[] = [];
  let after: InvocationId | null = query.after ?? null;
  for (let looked = 0; looked < LOOKED_AT; looked += limit + 1) {
    const ids: InvocationId[] = await idsBehind(redis, index, after, limit + 1);
    const records = await readRecords(redis, keys, ids);
    found.push(
      ...records.filter((invocation) => invocation !== null).filter((invocation) => matches(invocation, query)),
    );
    if (found.length > limit) return { items: found.slice(0, limit), next: found[limit - 1]?.id ?? null };
    if (ids.length <= limit) return { items: found, next: null };
    after = ids.at(-1) ?? after;
  }
  return { items: found, next: after };
}

async function idsBehind(
  redis: Redis,
  index: string,
  after: InvocationId | null,
  count: number,
): Promise<InvocationId[]> {
  const ids = await reached(redis.zrevrangebylex(index, after ? `(${after}` : "+", "-", "LIMIT", 0, count));
  return ids as InvocationId[];
}

/** The index was read a moment before the records: an invocation may have left the status since. */
function matches(invocation: Invocation, { status, agent }: InvocationQuery): boolean {
  return (!status || invocation.status === status) && (!agent || invocation.agent === agent);
}
