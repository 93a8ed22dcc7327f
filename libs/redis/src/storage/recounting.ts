import { type ApiKeyId, DEFAULT_TENANT, isTerminal, Status } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { type Recounted, recount } from "./recount.ts";
import { recountStorage } from "./recount-storage.ts";

/** Approximate number of set members per scan step. */
const PAGE = 500;
const OPEN_STATUSES = Status.options.filter((status) => !isTerminal(status));

/**
 * Puts right the sets of what has not ended where they are not as the records say, and returns how many members that
 * were. An invocation is found as long as one of them holds it. The tenants are those of what is open and of the keys:
 * what a tenant wrongly has may be all that he has.
 */
export async function recountAll(redis: Redis, scripts: Scripts): Promise<number> {
  const { keys } = scripts;
  const open = await recountSet(redis, scripts, keys.open, null);
  let { mended } = open;
  for (const tenant of new Set([DEFAULT_TENANT, ...open.tenants, ...(await tenantsOfKeys(redis, scripts))]))
    for (const status of OPEN_STATUSES)
      mended += (await recountSet(redis, scripts, keys.index(status, tenant), status)).mended;
  return mended;
}

/** Puts the sums of what the tenants store right, and returns by how many bytes they were wrong together. */
export async function recountAllStorage(redis: Redis, scripts: Scripts): Promise<number> {
  const known = await reached(redis.hkeys(scripts.keys.storage));
  let wrong = 0;
  for (const tenant of new Set([DEFAULT_TENANT, ...known, ...(await tenantsOfKeys(redis, scripts))]))
    wrong += await recountStorage(scripts, tenant);
  return wrong;
}

async function recountSet(redis: Redis, scripts: Scripts, set: string, status: Status | null): Promise<Recounted> {
  let mended = 0;
  const tenants = new Set<string>();
  let cursor = "0";
  do {
    const [next, members] = await reached(redis.zscan(set, cursor, "COUNT", PAGE));
    // Scores stand between them.
    const ids = members.filter((_, i) => i % 2 === 0);
    const recounted = await recount(scripts, set, status, ids);
    mended += recounted.mended;
    for (const tenant of recounted.tenants) tenants.add(tenant);
    cursor = next;
  } while (cursor !== "0");
  return { mended, tenants: [...tenants] };
}

async function tenantsOfKeys(redis: Redis, { keys }: Scripts): Promise<string[]> {
  const ids = (await reached(redis.zrevrange(keys.apiKeys, 0, -1))) as ApiKeyId[];
  const tenants = await reached(Promise.all(ids.map((id) => redis.hget(keys.apiKey(id), "tenant"))));
  return tenants.filter((tenant) => tenant !== null);
}
