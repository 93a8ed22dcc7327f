import { type Backend, newUlid, type StoredDelivery } from "@pifleet/invocation";
import { sampleDelivery, sampleInvocation, sampleTry, sampleWebhook } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const HOUR_MS = 3_600_000;
const SECRET = `whsec_${btoa("a secret that must not leak")}`;
const ownPrefix = useOwnKeys();

describe("what Redis keeps for webhooks", () => {
  const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
  let prefix: string;
  let keys: Keys;
  let backend: Backend;

  beforeEach(async () => {
    prefix = ownPrefix();
    keys = makeKeys(prefix);
    backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role: "worker", retentionMs: 200 });
  });
  afterEach(() => backend.close());
  afterAll(() => redis.disconnect());

  const webhook = { url: "https://receiver.example/own", secret: SECRET };

  async function write(): Promise<StoredDelivery> {
    const invocation = sampleInvocation({ webhook });
    await backend.store.create(invocation);
    await backend.store.cancel("default", invocation.id);
    const delivery = sampleDelivery({ invocation: invocation.id, webhook: `whk_${newUlid()}` });
    await backend.deliveries.write(invocation.id, [delivery]);
    return delivery;
  }

  it("holds the secret of an invocation's webhook in a field of its own", async () => {
    const { id } = sampleInvocation();
    await backend.store.create(sampleInvocation({ webhook }, { id }));
    const { webhook: field, ...fields } = await redis.hgetall(keys.record(id));
    expect(JSON.stringify(fields)).not.toContain(SECRET);
    expect(field).toContain(SECRET);
  });

  it("is not there any more when deliveries have ended and their retention is over", async () => {
    const written = [await write(), await write()];
    for (const { id } of written) await backend.deliveries.record(id, sampleTry(200), { kind: "delivered" });
    const rows = written.flatMap(({ id, invocation }) => [keys.delivery(id), keys.record(invocation)]);
    await vi.waitFor(async () => expect(await redis.exists(...rows)).toBe(0));
    expect([await backend.store.expire(), await backend.deliveries.expire()]).toEqual([2, 2]);
    for (const { id, attempt } of await backend.spool.take(10, HOUR_MS))
      await backend.spool.record({ id, attempt }, {}, { kind: "never" });
    const left = await redis.keys(`${prefix}:*`);
    // A tenant who waits for nothing is forgotten with the next admission.
    const others = left.filter((key) => !key.startsWith(`${keys.queuePrefix}:invocations:`) && key !== keys.turns);
    expect(others).toEqual([]);
  });

  it("lets lists drop the ids of what has expired", async () => {
    const { id, webhook, invocation } = await write();
    await backend.deliveries.record(id, sampleTry(200), { kind: "delivered" });
    await vi.waitFor(async () => expect(await redis.exists(keys.delivery(id))).toBe(0));
    const indexes = [
      keys.deliveriesIn("delivered", "default"),
      keys.deliveriesIn("delivered", "default", webhook ?? ""),
      keys.deliveriesOf(invocation, "default"),
    ];
    expect(await redis.exists(...indexes)).toBe(3);
    const query = { tenant: "default", limit: 1 };
    await backend.deliveries.list(query);
    await backend.deliveries.list({ ...query, webhook: webhook ?? "" });
    await backend.deliveries.list({ ...query, invocation });
    expect(await redis.exists(...indexes)).toBe(0);
  });

  it("has no due delivery whose hash is gone", async () => {
    const { id } = await write();
    await redis.del(keys.delivery(id));
    expect(await backend.deliveries.take(10, HOUR_MS)).toEqual([]);
    expect(await backend.deliveries.size()).toEqual({ pending: 0, outbox: 0 });
  });

  it("has no hash of webhooks of a tenant without any", async () => {
    const { id } = sampleWebhook();
    await backend.webhooks.create(sampleWebhook({ id }));
    expect(await redis.exists(keys.webhooks("default"))).toBe(1);
    await backend.webhooks.delete("default", id);
    expect(await redis.exists(keys.webhooks("default"))).toBe(0);
  });
});
