import { Redis } from "ioredis";
import { afterAll } from "vitest";

/** The Redis that the tests share. */
export const TEST_REDIS_URL = process.env.REDIS_URL ?? "";

/** Call at the top of a test file: makes key prefixes that nobody else uses, and drops their keys in the end. */
export function useOwnKeys(): () => string {
  const run = `test-${crypto.randomUUID()}`;
  let count = 0;
  afterAll(async () => {
    const redis = new Redis(TEST_REDIS_URL);
    for await (const keys of redis.scanStream({ match: `${run}-*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
    redis.disconnect();
  });
  return () => {
    count += 1;
    return `${run}-${count}`;
  };
}
