import {
  type Backend,
  type Event,
  type InvocationId,
  MAX_LOG_BYTES,
  NO_LIMITS,
  NO_USAGE,
  newInvocationId,
  type Outcome,
} from "@pifleet/invocation";
import { sampleInvocation, sampleSpan } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const TENANT = "acme";
const SMALL_BYTES = 2_048;
const LONG_FIELDS = [
  ...["given", "submission", "traceHeaders", "webhook", "carrier", "output", "messages", "artifacts", "error"],
  ...["folded", "head"],
];
const DONE: Outcome = { status: "succeeded", output: "done", messages: [], usage: NO_USAGE, error: null };
const ownPrefix = useOwnKeys();

let redis: Redis;
let keys: Keys;
let prefix: string;
let backends: Backend[];

beforeEach(() => {
  prefix = ownPrefix();
  keys = makeKeys(prefix);
  redis = new Redis(TEST_REDIS_URL);
  backends = [];
});
afterEach(async () => {
  await Promise.all(backends.map((backend) => backend.close()));
  redis.disconnect();
});

async function open({ retentionMs = 60_000, tenantBytes = null as number | null } = {}): Promise<Backend> {
  const limits = { ...NO_LIMITS, tenantBytes };
  const backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role: "worker", retentionMs, limits });
  backends.push(backend);
  return backend;
}

async function submit({ store }: Backend, input = "hello"): Promise<InvocationId> {
  const trace = { endpoint: "https://otlp.example.com/v1/traces", headers: { authorization: "Bearer abc" } };
  const invocation = sampleInvocation({ input, trace }, { tenant: TENANT });
  await store.create(invocation, { spans: [sampleSpan(0, "POST /v1/invocations")] });
  return invocation.id;
}

function said(text: string, count = 1): Event[] {
  const at = new Date().toISOString();
  return Array.from({ length: count }, () => ({ type: "message.delta", at, attempt: 1, channel: "text", text }));
}

/** What an invocation holds, measured in Redis. */
async function measured(id: InvocationId): Promise<number> {
  const fields = await Promise.all(LONG_FIELDS.map((field) => redis.hstrlen(keys.record(id), field)));
  const journals = await Promise.all([1, 2, 3].map((attempt) => listBytes(keys.journal(id, attempt))));
  const all = [...fields, ...journals, await listBytes(keys.spans(id)), await logBytes(id)];
  return all.reduce((sum, bytes) => sum + bytes, SMALL_BYTES);
}

async function listBytes(key: string): Promise<number> {
  return (await redis.lrangeBuffer(key, 0, -1)).reduce((sum, element) => sum + element.length, 0);
}

async function logBytes(id: InvocationId): Promise<number> {
  if ((await redis.type(keys.events(id))) === "stream") {
    const entries = await redis.xrange(keys.events(id), "-", "+");
    return entries.reduce((sum, [, [, json = ""]]) => sum + Buffer.byteLength(json), 0);
  }
  if ((await redis.hexists(keys.record(id), "folded")) === 1) return listBytes(keys.events(id));
  // A log that has only begun: its block has a head, and an id before the event.
  const [block = ""] = await redis.lrange(keys.events(id), 0, 0);
  return Buffer.byteLength(block.replace(/^.*\nj\S+ /, ""));
}

async function counted(): Promise<number> {
  return Number(await redis.hget(keys.storage, TENANT));
}

/** What is counted is what is there, for each invocation and for the tenant. */
async function expectExact(ids: readonly InvocationId[]): Promise<void> {
  const sizes = await redis.hmget(keys.sizes(TENANT), ...ids);
  const truths = await Promise.all(ids.map(measured));
  expect(sizes.map(Number)).toEqual(truths);
  expect(await counted()).toBe(truths.reduce((sum, bytes) => sum + bytes, 0));
}

async function untilFolded(id: InvocationId): Promise<void> {
  await vi.waitFor(async () => expect(await redis.hexists(keys.record(id), "folded")).toBe(1));
}

describe("what a tenant stores", () => {
  it("is counted exactly, from the submission to the fold", async () => {
    const backend = await open();
    const { store, events, spans, spool } = backend;
    const ids = [await submit(backend), await submit(backend, "ä".repeat(20_000)), await submit(backend)];
    const [first = newInvocationId(), second = newInvocationId(), third = newInvocationId()] = ids;
    await expectExact(ids);
    for (const id of [first, second]) await store.start(id, "worker-1");
    await events.append(first, 1, said("ö", 5), ["journal entry", "another"]);
    await store.pause(TENANT, first);
    await store.resume(TENANT, first);
    await expectExact(ids);
    await store.start(first, "worker-2");
    await expectExact(ids);
    await spans.finish(first, 1, [sampleSpan(1, "invoke_agent")]);
    await events.append(first, 2, [], ["third"]);
    await expectExact(ids);
    await store.settle(first, 2, { kind: "again", outcome: DONE, delayMs: 0 }, [sampleSpan(2, "invoke_agent")]);
    await store.start(first, "worker-1");
    await store.settle(first, 3, { kind: "final", outcome: { ...DONE, output: "o".repeat(30_000) } as Outcome });
    await store.settle(second, 1, { kind: "final", outcome: DONE });
    await store.cancel(TENANT, third);
    for (const id of ids) await untilFolded(id);
    for (const attempt of [1, 2, 3]) await spool.record({ id: first, attempt }, {}, { kind: "never" });
    await expectExact(ids);
  });

  it("is given back when retention runs out", async () => {
    const backend = await open({ retentionMs: 200 });
    const id = await submit(backend);
    await backend.store.cancel(TENANT, id);
    await vi.waitFor(async () => expect(await backend.store.expire()).toBe(1));
    expect(await redis.exists(keys.storage, keys.sizes(TENANT))).toBe(0);
  });

  it("is bounded: a submission beyond it is refused, a repeated one is not", async () => {
    const backend = await open({ tenantBytes: 50_000 });
    const refused = { kind: "storage_full", maxBytes: 50_000 };
    const idempotency = { key: "one", fingerprint: "f" };
    const first = sampleInvocation({ input: "x".repeat(40_000) }, { tenant: TENANT });
    expect(await backend.store.create(first, { idempotency })).toMatchObject({ kind: "created" });
    const next = () => sampleInvocation({ input: "x".repeat(10_000) }, { tenant: TENANT });
    expect(await backend.store.create(next())).toEqual(refused);
    expect(await backend.store.create(next(), { idempotency })).toMatchObject({ kind: "replayed" });
    expect(await backend.store.create(sampleInvocation({}, { tenant: "other" }))).toMatchObject({ kind: "created" });
    // What is cancelled is kept, and counts, for its retention.
    await backend.store.cancel(TENANT, first.id);
    for (let i = 0; i < 50; i += 1) await backend.store.create(next());
    expect(await backend.store.create(next())).toEqual(refused);
    expect(await counted()).toBeLessThanOrEqual(50_000);
  });

  it("keeps no more than 16 MiB of an event log, its newest, and tells readers of the gap", async () => {
    const backend = await open();
    const id = await submit(backend);
    await backend.store.start(id, "worker-1");
    const text = "e".repeat(500_000);
    for (let i = 0; i < 50; i += 1) await backend.events.append(id, 1, said(`${i} ${text}`));
    const bytes = await logBytes(id);
    expect(bytes).toBeLessThanOrEqual(MAX_LOG_BYTES);
    expect(bytes).toBeGreaterThan(MAX_LOG_BYTES / 2);
    await expectExact([id]);
    const { events } = await backend.events.read(id, { limit: 1 });
    expect(events.map(({ type }) => type)).toEqual(["gap", "message.delta"]);
  });

  it("takes a single event that is longer than a log may be, and no journal that is", async () => {
    const backend = await open();
    const id = await submit(backend);
    await backend.store.start(id, "worker-1");
    const long = "j".repeat(MAX_LOG_BYTES);
    await backend.events.append(id, 1, said(long), ["short", long, "late"]);
    expect(await redis.xlen(keys.events(id))).toBe(1);
    expect(await redis.lrange(keys.journal(id, 1), 0, -1)).toEqual(["short"]);
    await expectExact([id]);
  });
});

describe("a recount of what is stored", () => {
  it("finds nothing to do where nothing went wrong", async () => {
    const backend = await open();
    await submit(backend);
    expect(await backend.admission.recountStorage()).toBe(0);
  });

  it("puts a wrong sum right, and measures what is not known", async () => {
    const backend = await open();
    const ids = [await submit(backend), await submit(backend), await submit(backend)];
    const [first = newInvocationId()] = ids;
    await backend.store.start(first, "worker-1");
    await backend.events.append(first, 1, said("ä", 20), ["entry"]);
    await backend.store.settle(first, 1, { kind: "final", outcome: DONE }, [sampleSpan(1, "invoke_agent")]);
    await untilFolded(first);
    await redis.hincrby(keys.storage, TENANT, 12_345);
    expect(await backend.admission.recountStorage()).toBe(12_345);
    await redis.del(keys.storage, keys.sizes(TENANT));
    await redis.hset(keys.storage, TENANT, 0);
    expect(await backend.admission.recountStorage()).toBeGreaterThan(3 * SMALL_BYTES);
    await expectExact(ids);
    expect(await backend.admission.recountStorage()).toBe(0);
  });

  it("counts what changes while it is under way", async () => {
    const backend = await open();
    const ids: InvocationId[] = [];
    for (let i = 0; i < 450; i += 1) ids.push(await submit(backend));
    const changes = async () => {
      for (const id of ids.filter((_, i) => i % 9 === 0)) await backend.store.cancel(TENANT, id);
      for (let i = 0; i < 20; i += 1) ids.push(await submit(backend));
    };
    const [, ...wrong] = await Promise.all([
      changes(),
      ...Array.from({ length: 3 }, () => backend.admission.recountStorage()),
    ]);
    expect(wrong).toEqual([0, 0, 0]);
    await vi.waitFor(async () => expectExact(ids), 10_000);
  });
});
