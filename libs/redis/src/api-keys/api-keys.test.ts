import { ENDED_KEY_SHOWN_MS, type Rate } from "@pifleet/invocation";
import { sampleApiKey } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { Scripts } from "../scripting/scripts.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";
import { RedisApiKeys } from "./api-keys.ts";

const DAY_MS = 86_400_000;
const SLOW: Rate = { perSecond: 0.01, burst: 3 };
const WHOLE_BURST_MS = 300_000;
const ownPrefix = useOwnKeys();

describe("what Redis keeps for an API key", () => {
  const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
  let keys: Keys;
  let apiKeys: RedisApiKeys;

  beforeEach(() => {
    keys = makeKeys(ownPrefix());
    apiKeys = new RedisApiKeys(redis, new Scripts(redis, keys, DAY_MS));
  });
  afterAll(() => redis.disconnect());

  async function expectToExpireIn(key: string, ms: number): Promise<void> {
    const remaining = await redis.pttl(key);
    expect(remaining).toBeGreaterThan(ms - DAY_MS / 2);
    expect(remaining).toBeLessThanOrEqual(ms);
  }

  it("goes a while after it has expired or was revoked, whichever comes first", async () => {
    const lasting = sampleApiKey();
    const passing = sampleApiKey({ expiresAt: new Date(Date.now() + DAY_MS).toISOString() });
    const expired = sampleApiKey({ expiresAt: new Date(Date.now() - DAY_MS).toISOString() });
    for (const key of [lasting, passing, expired]) await apiKeys.create(key);
    expect(await redis.pttl(keys.apiKey(lasting.id))).toBe(-1);
    await expectToExpireIn(keys.apiKey(passing.id), ENDED_KEY_SHOWN_MS + DAY_MS);
    for (const { id } of [lasting, passing, expired]) await apiKeys.revoke(id);
    await expectToExpireIn(keys.apiKey(lasting.id), ENDED_KEY_SHOWN_MS);
    await expectToExpireIn(keys.apiKey(passing.id), ENDED_KEY_SHOWN_MS);
    await expectToExpireIn(keys.apiKey(expired.id), ENDED_KEY_SHOWN_MS - DAY_MS);
  });

  it("leaves the list of ids when somebody looks at it", async () => {
    const key = sampleApiKey();
    await apiKeys.create(key);
    await redis.del(keys.apiKey(key.id));
    expect(await redis.zcard(keys.apiKeys)).toBe(1);
    expect(await apiKeys.list()).toEqual([]);
    expect(await redis.zcard(keys.apiKeys)).toBe(0);
  });

  it("holds the state of its rate until the whole burst is there again, and no longer", async () => {
    const { id } = sampleApiKey();
    for (let i = 0; i < 5; i += 1) {
      await apiKeys.use(id, SLOW);
      const remaining = await redis.pttl(keys.apiKeyRate(id));
      expect(remaining).toBeGreaterThan(0);
      expect(remaining).toBeLessThanOrEqual(WHOLE_BURST_MS);
    }
    const once = sampleApiKey();
    await apiKeys.use(once.id, { perSecond: 1_000, burst: 10 });
    await expect.poll(() => redis.exists(keys.apiKeyRate(once.id)), { interval: 1 }).toBe(0);
  });

  it("holds nothing for a rate when there is none", async () => {
    const { id } = sampleApiKey();
    await apiKeys.use(id, null);
    expect(await redis.exists(keys.apiKeyRate(id))).toBe(0);
  });
});
