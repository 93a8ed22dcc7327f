import { type AdmissionLimits, type Backend, NO_LIMITS } from "@pifleet/invocation";
import { RedisServer } from "@pifleet/testkit";
import { sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectBackend } from "../index.ts";

const HOUR_MS = 3_600_000;
const SLOTS = 2;
const WAITING = 1_000;
const LIMITS: AdmissionLimits = { tenantQueued: 2_000, queued: 100_000, tenantRunning: 2, tenantBytes: 1e9 };

let used: AsyncDisposableStack;
let server: RedisServer;
let redis: Redis;

beforeEach(async () => {
  used = new AsyncDisposableStack();
  server = used.use(await RedisServer.reserve());
  await server.start();
  redis = used.adopt(new Redis(server.url), (open) => open.disconnect());
});
afterEach(() => used.disposeAsync());

/** A fleet of its own that has two places free. */
async function open(prefix: string, limits = NO_LIMITS): Promise<Backend> {
  const options = { url: server.url, prefix, role: "worker", retentionMs: HOUR_MS, limits } as const;
  const backend = used.adopt(await connectBackend(options), (connected) => connected.close());
  await backend.workers.beat({ ...sampleWorker("worker-1"), concurrency: SLOTS }, HOUR_MS);
  // From now on Redis's clock is known.
  await backend.store.create(sampleInvocation({ delayMs: HOUR_MS }, { tenant: "first" }));
  return backend;
}

/** How many commands Redis executes, those within scripts counted one by one. */
async function commandsOf(work: () => Promise<unknown>): Promise<number> {
  await redis.config("RESETSTAT");
  await work();
  const counts = (await redis.info("commandstats")).matchAll(/cmdstat_(\S+):calls=(\d+)/g);
  return [...counts].reduce((sum, [, name, calls]) => sum + (/^(config|info)/.test(name ?? "") ? 0 : Number(calls)), 0);
}

const submission = ({ store }: Backend, tenant = "acme") => store.create(sampleInvocation({}, { tenant }));

describe("the cost of admission in commands", () => {
  it("is four for the limits of a submission", async () => {
    const [free, limited] = [await open("free"), await open("limited", LIMITS)];
    const cost = await commandsOf(() => submission(free));
    expect(await commandsOf(() => submission(limited))).toBe(cost + 4);
  });

  it("does not grow with the number of workers", async () => {
    const backend = await open("wide");
    const cost = await commandsOf(() => submission(backend, "one"));
    const beats = Array.from({ length: 50 }, (_, i) => backend.workers.beat(sampleWorker(`worker-${i}`), HOUR_MS));
    await Promise.all(beats);
    expect(await commandsOf(() => submission(backend, "other"))).toBe(cost);
  });

  it("does not grow with the number of those who wait", async () => {
    const backend = await open("deep");
    await Promise.all(Array.from({ length: SLOTS + 1 }, () => submission(backend)));
    const waiting = await commandsOf(() => submission(backend));
    for (let i = 0; i < WAITING; i += 1) await submission(backend);
    expect(await commandsOf(() => submission(backend))).toBe(waiting);
  });
});
