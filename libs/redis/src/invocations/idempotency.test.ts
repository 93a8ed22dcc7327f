import { sampleInvocation } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { connectBackend } from "../index.ts";
import { makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const YEAR_MS = 365 * 86_400_000;
const RETENTION_MS = 7 * 86_400_000;
const ownPrefix = useOwnKeys();

it("an idempotency key lives as long as its invocation: without end while it waits, then for its retention", async () => {
  const prefix = ownPrefix();
  const redis = new Redis(TEST_REDIS_URL);
  const backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role: "worker", retentionMs: RETENTION_MS });
  onTestFinished(async () => {
    await backend.close();
    redis.disconnect();
  });
  const keys = makeKeys(prefix);
  const invocation = sampleInvocation({ delayMs: YEAR_MS });
  const key = keys.idempotency("default", "k");
  // One that is left over from an invocation that is gone.
  await redis.hset(key, "id", "inv_gone");
  await redis.pexpire(key, 60_000);
  await backend.store.create(invocation, { idempotency: { key: "k", fingerprint: "f" } });
  expect(await redis.pttl(key)).toBe(-1);
  await backend.store.cancel("default", invocation.id);
  expect(Math.abs((await redis.pttl(key)) - (await redis.pttl(keys.record(invocation.id))))).toBeLessThan(1_000);
});
