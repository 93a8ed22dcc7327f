import {
  type Backend,
  type Event,
  FULL_PAGE_BYTES,
  type Invocation,
  type LoggedEvent,
  NO_USAGE,
  type Outcome,
  toSummary,
} from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const RETENTION_MS = 60_000;
const MAX_BYTES = 12_288;
const ownPrefix = useOwnKeys();
const messages: Outcome["messages"] = [{ role: "assistant", content: [{ type: "text", text: "döne\n" }] }];
const OUTCOME: Outcome = { status: "succeeded", output: "döne\n", messages, usage: NO_USAGE, error: null };

describe("an ended invocation in Redis", () => {
  const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
  let keys: Keys;
  let open: () => Promise<Backend>;
  const opened: Backend[] = [];

  beforeEach(() => {
    const prefix = ownPrefix();
    keys = makeKeys(prefix);
    open = async () => {
      const backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role: "worker", retentionMs: RETENTION_MS });
      opened.push(backend);
      return backend;
    };
  });
  afterEach(() => Promise.all(opened.splice(0).map((backend) => backend.close())));
  afterAll(() => redis.disconnect());

  async function running(backend: Backend, given: Parameters<typeof sampleInvocation>[0] = {}): Promise<Invocation> {
    const invocation = sampleInvocation(given);
    await backend.store.create(invocation);
    const started = await backend.store.start(invocation.id, "worker-1");
    if (started.kind !== "started") throw new Error(started.kind);
    return started.invocation;
  }

  const compacted = ({ id }: Pick<Invocation, "id">) =>
    vi.waitFor(async () => expect(await redis.hexists(keys.record(id), "folded")).toBe(1), { timeout: 10_000 });

  it("reads the same when it was compacted", async () => {
    const backend = await open();
    const invocation = await running(backend);
    const { id } = invocation;
    await backend.events.append(id, 1, deltas(300, "ä\n"));
    const log = await everything(backend, id);
    await backend.store.settle(id, 1, { kind: "final", outcome: OUTCOME });
    await compacted({ id });
    expect(await backend.store.get("default", id)).toMatchObject({
      ...{ status: "succeeded", attempt: 1, output: OUTCOME.output, messages, submission: invocation.submission },
      attempts: [{ number: 1, worker: "worker-1", ended: "succeeded", endedAt: expect.any(String) }],
    });
    const { events, more } = await backend.events.read(id, { limit: 1_000 });
    expect(events.slice(0, -2)).toEqual(log);
    expect(events.slice(-2).map(({ type }) => type)).toEqual(["attempt.ended", "invocation.succeeded"]);
    expect(more).toBe(false);
    const { items } = await backend.store.list({ tenant: "default", limit: 10 });
    const record = await backend.store.read(id);
    expect(items).toEqual([record && toSummary(record)]);
    expect(await backend.store.cancel("default", id)).toMatchObject({ kind: "illegal", status: "succeeded" });
    expect(await backend.store.pause("default", id)).toMatchObject({ kind: "illegal", status: "succeeded" });
  });

  it("can be read on from every event of a log of many blocks, whatever the limit", async () => {
    const backend = await open();
    const { id } = await running(backend);
    for (let i = 0; i < 5; i += 1) await backend.events.append(id, 1, deltas(300, "x".repeat(500)));
    await backend.store.settle(id, 1, { kind: "final", outcome: OUTCOME });
    await compacted({ id });
    expect(await redis.llen(keys.events(id))).toBeGreaterThan(5);
    const all = await everything(backend, id, 1_000);
    expect(all).toHaveLength(1_504);
    expect(await everything(backend, id, 64)).toEqual(all);
    for (let i = 0; i < all.length; i += 97) {
      const page = await backend.events.read(id, { after: all[i]?.id ?? "", limit: 3 });
      expect(page).toEqual({ events: all.slice(i + 1, i + 4), more: i + 4 < all.length });
    }
    expect(await backend.events.read(id, { after: all.at(-1)?.id ?? "", limit: 3 })).toEqual({
      events: [],
      more: false,
    });
  });

  it("reads the same when its events are too long for one page", async () => {
    const backend = await open();
    const { id } = await running(backend);
    const long = "ä".repeat(FULL_PAGE_BYTES / 4);
    for (let i = 0; i < 3; i += 1) await backend.events.append(id, 1, deltas(1, long));
    const log = await everything(backend, id);
    await backend.store.settle(id, 1, { kind: "final", outcome: OUTCOME });
    await compacted({ id });
    expect(await redis.type(keys.events(id))).toBe("list");
    expect((await everything(backend, id)).slice(0, -2)).toEqual(log);
    // The blocks are short, but not what is in them.
    expect((await backend.events.read(id, { limit: 1_000 })).events).toHaveLength(4);
  });

  it("is all there for a reader who follows it while it is compacted", async () => {
    const [backend, other] = [await open(), await open()];
    const { id } = await running(backend);
    const followed: LoggedEvent[] = [];
    const reading = follow(other, id, followed);
    for (let i = 0; i < 20; i += 1) await backend.events.append(id, 1, deltas(5, String(i)));
    await backend.store.settle(id, 1, { kind: "final", outcome: OUTCOME });
    await reading;
    await compacted({ id });
    expect(followed).toEqual(await everything(backend, id));
  });

  it("is compacted also when it was cancelled while it waited, or ended with its last worker", async () => {
    const [backend, other] = [await open(), await open()];
    const waiting = sampleInvocation();
    await backend.store.create(waiting);
    await other.store.cancel("default", waiting.id);
    await compacted(waiting);
    const lost = await running(backend, { recovery: "fail" });
    expect(await backend.store.start(lost.id, "worker-2")).toEqual({ kind: "terminal" });
    await compacted(lost);
    expect((await everything(backend, lost.id)).at(-1)).toMatchObject({ type: "invocation.failed" });
  });

  it("is left as it is while another attempt follows", async () => {
    const backend = await open();
    const { id } = await running(backend);
    await backend.store.settle(id, 1, { kind: "handed_back", outcome: OUTCOME });
    const other = await running(backend);
    await backend.store.settle(other.id, 1, { kind: "final", outcome: OUTCOME });
    await compacted(other);
    expect([await redis.type(keys.events(id)), await redis.hexists(keys.record(id), "folded")]).toEqual(["stream", 0]);
  });

  it("goes when its retention is over, all of it", async () => {
    const backend = await open();
    const { id } = await running(backend);
    await backend.store.settle(id, 1, { kind: "final", outcome: OUTCOME });
    await compacted({ id });
    for (const key of [keys.record(id), keys.events(id)]) {
      const remaining = await redis.pttl(key);
      expect(remaining).toBeGreaterThan(0);
      expect(remaining).toBeLessThanOrEqual(RETENTION_MS);
    }
  });

  it("takes 12 KB at most with 2 KB of input, 1 KB of output and 50 events", async () => {
    const backend = await open();
    const [input, output] = [noise(2_048), noise(1_024)];
    const { id } = await running(backend, { input });
    for (let i = 0; i < 45; i += 1) await backend.events.append(id, 1, deltas(1, output.slice(i * 23, i * 23 + 23)));
    await backend.store.settle(id, 1, { kind: "final", outcome: { ...OUTCOME, output } as Outcome });
    await compacted({ id });
    const sizes = await Promise.all([keys.record(id), keys.events(id)].map((key) => redis.memory("USAGE", key)));
    expect(sizes.reduce<number>((sum, size) => sum + Number(size), 0)).toBeLessThan(MAX_BYTES);
  });
});

function deltas(count: number, text: string): Event[] {
  const at = new Date().toISOString();
  return Array.from({ length: count }, () => ({ type: "message.delta", at, attempt: 1, channel: "text", text }));
}

/** A text that can hardly be compressed. */
function noise(length: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length)))
    .toString("base64")
    .slice(0, length);
}

async function everything({ events }: Backend, id: Invocation["id"], limit = 1_000): Promise<LoggedEvent[]> {
  const found: LoggedEvent[] = [];
  for (let more = true; more; ) {
    const page = await events.read(id, { after: found.at(-1)?.id ?? "0-0", limit });
    found.push(...page.events);
    more = page.more;
  }
  return found;
}

/** Reads page after page, as fast as it can, up to the last event. */
async function follow({ events }: Backend, id: Invocation["id"], followed: LoggedEvent[]): Promise<void> {
  while (followed.at(-1)?.type !== "invocation.succeeded") {
    const page = await events.read(id, { after: followed.at(-1)?.id ?? "0-0", limit: 7 });
    followed.push(...page.events);
  }
}
