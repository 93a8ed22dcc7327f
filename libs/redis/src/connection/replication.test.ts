import type { Backend, InvocationId } from "@pifleet/invocation";
import { RedisServer } from "@pifleet/testkit";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectBackend } from "../index.ts";
import { makeKeys } from "../scripting/keys.ts";

const HOUR_MS = 3_600_000;
/** Longer than any test waits. */
const LONG_MS = 600_000;

describe("a backend that waits for a replica", () => {
  const used: { close(): unknown }[] = [];
  const faults: string[] = [];
  let primary: RedisServer;
  let replica: RedisServer;
  let onPrimary: Redis;
  let onReplica: Redis;

  beforeEach(async () => {
    faults.length = 0;
    [primary, replica] = [await RedisServer.reserve(), await RedisServer.reserve()];
    await primary.start("--repl-diskless-sync-delay", "0");
    await replica.start("--replicaof", "127.0.0.1", String(primary.port));
    [onPrimary, onReplica] = [new Redis(primary.url), new Redis(replica.url)];
    await expect.poll(() => onReplica.info("replication"), { timeout: 15_000 }).toContain("master_link_status:up");
  });
  afterEach(async () => {
    replica.thaw();
    for (const backend of used.splice(0)) await backend.close();
    for (const redis of [onPrimary, onReplica]) redis.disconnect();
    for (const server of [replica, primary]) await server[Symbol.asyncDispose]();
  });

  async function connect(waitMs: number, role: "api" | "worker" = "worker"): Promise<Backend> {
    const replication = { replicas: 1, waitMs };
    const onFault = ({ message }: Error) => void faults.push(message);
    const backend = await connectBackend({ url: primary.url, role, retentionMs: HOUR_MS, replication, onFault });
    used.push(backend);
    if (role === "api") await expect.poll(() => backend.ping().then(() => "up")).toBe("up");
    return backend;
  }
  const statusOn = (redis: Redis, id: InvocationId) => redis.hget(makeKeys("pifleet").record(id), "status");

  it("says that an invocation was taken, or has ended, when the replica knows it, and not before", async () => {
    const { store } = await connect(LONG_MS);
    const invocation = sampleInvocation();
    const { id } = invocation;
    const steps: [string, () => Promise<unknown>][] = [
      ["queued", () => store.create(invocation)],
      ["cancelled", () => store.cancel("default", id)],
    ];
    for (const [status, step] of steps) {
      replica.freeze();
      let told = false;
      const telling = step().then(() => {
        told = true;
      });
      await expect.poll(() => statusOn(onPrimary, id)).toBe(status);
      expect(await onPrimary.ping()).toBe("PONG");
      expect(told).toBe(false);
      replica.thaw();
      await telling;
      expect(await statusOn(onReplica, id)).toBe(status);
    }
    expect(faults).toEqual([]);
  });

  it.each(["api", "worker"] as const)(
    "goes on without it when it takes too long, and says so once (%s)",
    async (role) => {
      const { store, ping } = await connect(300, role);
      replica.freeze();
      for (let i = 0; i < 3; i += 1) expect(await store.create(sampleInvocation())).toMatchObject({ kind: "created" });
      await ping();
      expect(faults).toEqual(["0 of 1 replicas of Redis had what was written after 300 ms"]);
      const outage = async () => {
        replica.thaw();
        await onPrimary.wait(1, 1_000);
        await store.create(sampleInvocation());
        replica.freeze();
        await store.create(sampleInvocation());
        return faults.length;
      };
      await expect.poll(outage, { timeout: 15_000 }).toBe(2);
    },
  );

  it("waits once for many that are taken at the same time", async () => {
    const { store } = await connect(LONG_MS);
    await store.create(sampleInvocation());
    const waits = async () => Number(/cmdstat_wait:calls=(\d+)/.exec(await onPrimary.info("commandstats"))?.[1]);
    const before = await waits();
    await Promise.all(Array.from({ length: 200 }, () => store.create(sampleInvocation())));
    expect((await waits()) - before).toBeLessThan(100);
  });
});
