import type { Backend } from "@pifleet/invocation";
import { RedisServer } from "@pifleet/testkit";
import { sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";

const HOUR_MS = 3_600_000;

let used: AsyncDisposableStack;
let redis: Redis;
let backend: Backend;

beforeEach(async () => {
  used = new AsyncDisposableStack();
  const server = used.use(await RedisServer.reserve());
  await server.start();
  redis = used.adopt(new Redis(server.url), (open) => open.disconnect());
  const options = { url: server.url, role: "worker", retentionMs: HOUR_MS } as const;
  backend = used.adopt(await connectBackend(options), (connected) => connected.close());
});
afterEach(() => used.disposeAsync());

/** Lets so many workers be alive that run nothing. */
async function register(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `worker-${i}`);
  await Promise.all(ids.map((id) => backend.workers.beat(sampleWorker(id), HOUR_MS)));
  return ids;
}

/** The commands that Redis executes, those within scripts one by one, and the bytes that it sends. */
async function costOf(work: () => Promise<unknown>): Promise<{ commands: number; bytes: number }> {
  await redis.config("RESETSTAT");
  await work();
  const [stats, commandstats] = [await redis.info("stats"), await redis.info("commandstats")];
  const counts = Array.from(commandstats.matchAll(/cmdstat_(\S+):calls=(\d+)/g), ([, name = "", calls]) =>
    /^(config|info)/.test(name) ? 0 : Number(calls),
  );
  const [, bytes] = /total_net_output_bytes:(\d+)/.exec(stats) ?? [];
  return { commands: counts.reduce((sum, count) => sum + count, 0), bytes: Number(bytes) };
}

/** All that an idle worker asks of Redis again and again. */
async function idle(id: string): Promise<void> {
  const { workers, admission, spool, deliveries } = backend;
  await workers.beat(sampleWorker(id), HOUR_MS);
  await workers.disconnected([...(await workers.followers(id, 2)), ...(await workers.vanished(10))]);
  await workers.lead("dispatch", id, 1);
  await admission.admit();
  await spool.take(10, 1_000);
  await deliveries.take(10, 1_000);
}

describe("what an idle worker costs Redis", () => {
  it("is the same with 3 workers and with 300", async () => {
    const [few = ""] = await register(3);
    await idle(few);
    const one = await costOf(() => idle(few));
    const [, , middle = ""] = await register(300);
    await idle(middle);
    const other = await costOf(() => idle(middle));
    expect(other.commands).toBe(one.commands);
    // The answer to INFO is in it, which has more digits by now.
    expect(other.bytes).toBeLessThan(one.bytes + 500);
  });

  it("goes for the fleet's capacity by sums that are kept: workers come, change, leave and vanish", async () => {
    const { workers, admission, store } = backend;
    await workers.beat({ ...sampleWorker("a"), concurrency: 2 }, HOUR_MS);
    await workers.beat({ ...sampleWorker("b"), concurrency: 7 }, HOUR_MS);
    await workers.beat({ ...sampleWorker("b"), concurrency: 1 }, HOUR_MS);
    await workers.beat({ ...sampleWorker("dead"), concurrency: 9 }, 1);
    await workers.beat({ ...sampleWorker("left"), concurrency: 9 }, HOUR_MS);
    await workers.leave("left");
    await workers.leave("left");
    const deadlines = "pifleet:{0}:workers:deadlines";
    await vi.waitFor(async () => expect(await redis.zcount(deadlines, "-inf", Date.now() - 5)).toBe(1));
    for (let i = 0; i < 8; i += 1) await store.create(sampleInvocation({}, { tenant: `t${i}` }));
    await admission.admit();
    // Three slots, and the reserve of two workers.
    expect((await admission.standing()).admitted).toBe(5);
    expect(await redis.hgetall("pifleet:{0}:workers:sums")).toEqual({ slots: "3", workers: "2" });
  });

  it("is counted anew when the sums are lost", async () => {
    await register(4);
    await redis.del("pifleet:{0}:workers:sums");
    await backend.admission.recount();
    expect(await redis.hgetall("pifleet:{0}:workers:sums")).toMatchObject({ workers: "4" });
  });
});
