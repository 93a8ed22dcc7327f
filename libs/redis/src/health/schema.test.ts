import { type Backend, briefSubmission, DEFAULT_LIMITS } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";
import { encodeRecord } from "../invocations/record.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";
import { SCHEMA } from "./schema.ts";

const ownPrefix = useOwnKeys();
const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
afterAll(() => redis.disconnect());

let prefix: string;
let keys: Keys;
let backends: Backend[];
beforeEach(() => {
  prefix = ownPrefix();
  keys = makeKeys(prefix);
  backends = [];
});
afterEach(() => Promise.all(backends.map((backend) => backend.close())));

async function connect(role: "api" | "worker"): Promise<Backend> {
  const backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role, retentionMs: 60_000 });
  backends.push(backend);
  return backend;
}

describe("the schema of a fleet's data", () => {
  it("is noted by the API and by no worker", async () => {
    const worker = await connect("worker");
    await vi.waitFor(() => worker.ping());
    expect(await redis.get(keys.schema)).toBeNull();
    await connect("api");
    await vi.waitFor(async () => expect(await redis.get(keys.schema)).toBe(String(SCHEMA)));
  });

  it("makes processes of an earlier version refuse the fleet in words, and is never lowered", async () => {
    await redis.set(keys.schema, SCHEMA + 1);
    const [api, worker] = [await connect("api"), await connect("worker")];
    const refusal = `The data of this fleet has the form of a newer version of Pi Fleet (schema ${SCHEMA + 1}; this version knows ${SCHEMA}). Upgrade this process; docs/upgrading.md says in which order`;
    await vi.waitFor(() => api.ping());
    for (const backend of [api, worker]) {
      expect(await backend.outdated()).toBe(refusal);
      expect(await backend.refusesWrites()).toBe(refusal);
    }
    expect(await redis.get(keys.schema)).toBe(String(SCHEMA + 1));
  });

  it("may be that of an earlier version, or unknown", async () => {
    const worker = await connect("worker");
    expect(await worker.outdated()).toBeNull();
    await redis.set(keys.schema, SCHEMA - 1);
    expect(await worker.outdated()).toBeNull();
  });
});

describe("a worker of schema 1", () => {
  it("is on the list while it beats, and not for ever when it dies", async () => {
    const { workers } = await connect("worker");
    const beaten = (id: string, ago: number) => ({ id, heartbeatAt: new Date(Date.now() - ago).toISOString() });
    const [alive, dead] = [beaten("wrk_alive", 2_000), beaten("wrk_dead", 120_000)];
    for (const worker of [alive, dead]) await redis.hset(keys.workers, worker.id, JSON.stringify(worker));
    expect(await workers.list()).toEqual([alive]);
    expect(await redis.hkeys(keys.workers)).toEqual([alive.id]);
  });
});

describe("a record of schema 1", () => {
  /** Its submission stood among what never changes, and several fields did not exist. */
  async function writeEarlier(invocation = sampleInvocation()) {
    const flat = encodeRecord(invocation);
    const fields = Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ""]] : [])));
    const { brief: _, retryOf: __, submittedBy: ___, limits, ...given } = JSON.parse(fields.given ?? "{}");
    const { providerPatienceMs: ____, ...earlierLimits } = limits;
    const submission = JSON.parse(fields.submission ?? "{}");
    delete fields.submission;
    await redis.hset(keys.record(invocation.id), {
      ...fields,
      given: JSON.stringify({ ...given, limits: earlierLimits, submission }),
    });
    await redis.zadd(keys.index("all", invocation.tenant), 0, invocation.id);
    return invocation;
  }

  it("is read as one of today, alone and in a list", async () => {
    const { store } = await connect("worker");
    const written = await writeEarlier();
    const { id, tenant, submission } = written;
    expect(await store.read(id)).toEqual({ ...written, retryOf: null, submittedBy: null, limits: DEFAULT_LIMITS });
    expect(await store.summary(tenant, id)).toMatchObject({ id, ...briefSubmission(submission), submittedBy: null });
    expect((await store.list({ tenant, limit: 10 })).items).toHaveLength(1);
  });

  it("starts an attempt", async () => {
    const { store } = await connect("worker");
    const { id, submission } = await writeEarlier();
    expect(await store.start(id, "worker-1")).toMatchObject({ kind: "started", invocation: { submission } });
  });
});
