import { randomUUID } from "node:crypto";
import { connectBackend } from "@pifleet/redis";
import { RedisServer } from "@pifleet/testkit";
import { expect, it, onTestFinished } from "vitest";
import { ApiProcess } from "./testing/api-process.ts";
import { checkedFetch } from "./testing/checked-fetch.ts";
import { bearer, storeKey } from "./testing/keys.ts";

const BOOTSTRAP = "a-key-of-some-length";
const LIST = "/v1/invocations";

async function startRedis(): Promise<RedisServer> {
  const redis = await RedisServer.reserve();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  await redis.start();
  return redis;
}

/** Two APIs on one Redis, and the keys that are stored there. */
async function startApis(redis: RedisServer, environment: Record<string, string> = {}) {
  const prefix = `test-${randomUUID()}`;
  const base = { REDIS_URL: redis.url, PIFLEET_REDIS_PREFIX: prefix, PIFLEET_BOOTSTRAP_KEY: BOOTSTRAP };
  const urls = [1, 2].map(() => new ApiProcess({ ...base, ...environment }).url());
  const backend = await connectBackend({ url: redis.url, prefix, role: "worker", retentionMs: 60_000 });
  onTestFinished(() => backend.close());
  const [one, two] = await Promise.all(urls);
  return { backend, urls: [one ?? "", two ?? ""] };
}

it("is one rate for a key over several processes, and none for the bootstrap key", async () => {
  const { backend, urls } = await startApis(await startRedis(), { PIFLEET_RATE_LIMIT: "1" });
  const { text } = await storeKey(backend);
  const ask = (key: string) =>
    Promise.all(
      Array.from({ length: 20 }, async (_, i) => checkedFetch(`${urls[i % 2]}${LIST}`, { headers: bearer(key) })),
    );
  const answers = await ask(text);
  for (const { headers } of answers) expect(headers.get("ratelimit-policy")).toBe('"key";q=2;w=2');
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(10);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(2);
  for (const { headers } of refused) expect(headers.get("retry-after")).toBe("1");
  expect((await ask(BOOTSTRAP)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
});

it("ends for every process when a key is revoked", async () => {
  const { backend, urls } = await startApis(await startRedis());
  const { key, text } = await storeKey(backend);
  const statuses = () =>
    Promise.all(urls.map(async (url) => (await checkedFetch(url + LIST, { headers: bearer(text) })).status));
  expect(await statuses()).toEqual([200, 200]);
  await backend.apiKeys.revoke(key.id);
  await expect.poll(statuses, { timeout: 5_000 }).toEqual([401, 401]);
});

it("cannot be checked without Redis, while the bootstrap key is good as ever", async () => {
  const redis = await startRedis();
  const { backend, urls } = await startApis(redis);
  const { text } = await storeKey(backend);
  const ask = (key: string) => checkedFetch(`${urls[0]}${LIST}/42`, { headers: bearer(key) });
  expect((await ask(text)).status).toBe(400);
  await redis.stop();
  const response = await ask(text);
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await ask(BOOTSTRAP)).status).toBe(400);
  expect((await checkedFetch(`${urls[0]}/livez`)).status).toBe(200);
});
