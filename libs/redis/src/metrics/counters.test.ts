import { UnavailableError } from "@pifleet/invocation";
import { RedisServer } from "@pifleet/testkit";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeKeys } from "../scripting/keys.ts";
import { RedisCounters } from "./counters.ts";

let server: RedisServer;
let redis: Redis;
let counters: RedisCounters;
const keys = makeKeys("test");

beforeEach(async () => {
  server = await RedisServer.reserve();
  await server.start();
  redis = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  counters = new RedisCounters(redis, keys);
});
afterEach(async () => {
  redis.disconnect();
  await server[Symbol.asyncDispose]();
});

describe("an addition to the counters", () => {
  it("is one transaction, whatever it adds to", async () => {
    const fields = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`counter_${index}`, index]));
    await counters.add(fields);
    expect(await counters.read()).toEqual(fields);
    expect(await redis.info("commandstats")).toMatch(/cmdstat_exec:calls=1,/);
  });

  it("of nothing asks nothing of Redis", async () => {
    await counters.add({});
    expect(await redis.info("commandstats")).not.toContain("cmdstat_multi");
  });

  it("is made as a whole or not at all, and says that Redis is unavailable when it is full", async () => {
    await counters.add({ before: 1 });
    await redis.config("SET", "maxmemory", "1");
    await expect(counters.add({ before: 1, after: 1 })).rejects.toBeInstanceOf(UnavailableError);
    await redis.config("SET", "maxmemory", "0");
    expect(await counters.read()).toEqual({ before: 1 });
  });

  it("that Redis refuses for good fails with what Redis says", async () => {
    await redis.hset(keys.counters, "broken", "text");
    await expect(counters.add({ broken: 1 })).rejects.toThrow("hash value is not an integer");
  });

  it("says that Redis is unavailable when it is gone", async () => {
    await counters.add({ before: 1 });
    await server.stop();
    await expect(counters.add({ after: 1 })).rejects.toBeInstanceOf(UnavailableError);
  });
});
