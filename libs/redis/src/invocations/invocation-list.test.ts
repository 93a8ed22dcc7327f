import {
  type Backend,
  FULL_PAGE_BYTES,
  type InvocationId,
  NO_USAGE,
  type Outcome,
  toSummary,
} from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const ownPrefix = useOwnKeys();
/** As much metadata as a submission may have. */
const LONG_METADATA = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`key-${i}`, "m".repeat(2_000)]));
const OUTPUT = "o".repeat(1_048_576);
const OUTCOME: Outcome = { status: "succeeded", output: OUTPUT, messages: [], usage: NO_USAGE, error: null };

let redis: Redis;
let keys: Keys;
let backend: Backend;

beforeEach(async () => {
  const prefix = ownPrefix();
  redis = new Redis(TEST_REDIS_URL);
  keys = makeKeys(prefix);
  backend = await connectBackend({ url: TEST_REDIS_URL, prefix, retentionMs: 60_000, role: "worker" });
});
afterEach(async () => {
  await backend.close();
  redis.disconnect();
});

/** Records an invocation whose submission has a megabyte. */
async function submitLarge(metadata = {}, chars = 1_000_000): Promise<InvocationId> {
  const invocation = sampleInvocation({ input: "i".repeat(chars), metadata });
  await backend.store.create(invocation);
  return invocation.id;
}

/** Many of them, one after the other: all at once would take Redis longer than a submission may take. */
async function submitLarges(count: number, metadata = {}, chars = 1_000_000): Promise<InvocationId[]> {
  const ids: InvocationId[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await submitLarge(metadata, chars));
  return ids;
}

/** Lets it end with an output of a megabyte, and waits until it is folded. */
async function endLarge(id: InvocationId): Promise<void> {
  await backend.store.start(id, "worker-1");
  await backend.store.settle(id, 1, { kind: "final", outcome: OUTCOME });
  await vi.waitFor(async () => expect(await redis.hexists(keys.record(id), "folded")).toBe(1), 10_000);
}

/** How many bytes Redis has sent to all its clients. */
async function bytesSent(): Promise<number> {
  return Number(/^total_net_output_bytes:(\d+)/m.exec(await redis.info("stats"))?.[1]);
}

describe("a list of invocations", () => {
  it("takes little from Redis however large the records are, open or ended", async () => {
    const ids = await submitLarges(20);
    for (const id of ids.slice(0, 5)) await endLarge(id);
    const before = await bytesSent();
    const { items } = await backend.store.list({ tenant: "default", limit: 100 });
    const sent = (await bytesSent()) - before;
    expect(items).toHaveLength(20);
    // What other tests do at the same time is in it.
    expect(sent).toBeLessThan(5_000_000);
    for (const id of ids) {
      const record = await backend.store.read(id);
      expect(items.find((item) => item.id === id)).toEqual(record && toSummary(record));
    }
  });

  it("has pages of bounded length, which lead to every one", async () => {
    const ids = await submitLarges(100, LONG_METADATA, 10_000);
    const found: InvocationId[] = [];
    const lengths: number[] = [];
    for (let after: InvocationId | undefined; ; ) {
      const page = await backend.store.list({ tenant: "default", limit: 100, ...(after && { after }) });
      lengths.push(JSON.stringify(page.items).length);
      found.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(found).toEqual([...ids].sort().reverse());
    expect(lengths.length).toBeGreaterThan(1);
    for (const length of lengths) expect(length).toBeLessThan(FULL_PAGE_BYTES + 30_000);
  });

  it("shows an invocation of which little is kept as it shows the others", async () => {
    const invocation = sampleInvocation();
    await backend.store.create(invocation);
    await backend.store.cancel("default", invocation.id);
    await vi.waitFor(async () => expect(await redis.hexists(keys.record(invocation.id), "folded")).toBe(1));
    expect(await redis.hexists(keys.record(invocation.id), "head")).toBe(0);
    const record = await backend.store.read(invocation.id);
    const { items } = await backend.store.list({ tenant: "default", limit: 1 });
    expect(items).toEqual([record && toSummary(record)]);
  });
});

describe("what is read of an invocation that is large", () => {
  it("is not in the way of the other commands of the process", async () => {
    const id = await submitLarge();
    const order: string[] = [];
    const reads = Array.from({ length: 20 }, () => backend.store.read(id).then(() => order.push("read")));
    const light = backend.store.status("default", id).then(() => order.push("status"));
    await Promise.all([...reads, light]);
    expect(order.indexOf("status")).toBeLessThan(order.lastIndexOf("read"));
  });
});
