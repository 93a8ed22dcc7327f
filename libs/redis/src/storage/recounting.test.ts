import { type Backend, type Invocation, type InvocationId, NO_LIMITS, newInvocationId } from "@pifleet/invocation";
import { sampleApiKey, sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const HOUR_MS = 3_600_000;
const TENANT = "acme";
const ownPrefix = useOwnKeys();

describe("a recount", () => {
  const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
  let keys: Keys;
  let backend: Backend;

  beforeEach(async () => {
    const prefix = ownPrefix();
    keys = makeKeys(prefix);
    const limits = { ...NO_LIMITS, tenantQueued: 2, queued: 3 };
    backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role: "worker", retentionMs: HOUR_MS, limits });
  });
  afterEach(() => backend.close());
  afterAll(() => redis.disconnect());

  async function submit(): Promise<InvocationId> {
    const { id } = await created(sampleInvocation({}, { tenant: TENANT }));
    return id;
  }

  async function created(invocation: Invocation): Promise<Invocation> {
    expect(await backend.store.create(invocation)).toMatchObject({ kind: "created" });
    return invocation;
  }

  /** Puts right what it can, and finds nothing more to do after that. */
  async function expectToMend(count: number): Promise<void> {
    expect(await backend.admission.recount()).toBe(count);
    expect(await backend.admission.recount()).toBe(0);
  }

  it("leaves alone what waits for its turn or its time, has a place, runs, is paused or has ended", async () => {
    await backend.workers.beat({ ...sampleWorker("worker-1"), concurrency: 4 }, HOUR_MS);
    const ids = [await submit(), await submit()];
    for (const id of ids) await backend.store.start(id, "worker-1");
    await backend.store.pause(TENANT, ids[1] as InvocationId);
    await submit();
    const ended = await submit();
    await backend.store.cancel(TENANT, ended);
    await backend.workers.leave("worker-1");
    await created(sampleInvocation({ delayMs: HOUR_MS }));
    await created(sampleInvocation());
    expect(await backend.admission.recount()).toBe(0);
  });

  it("gives a tenant back his turn, without which what he has in his lobby would wait for ever", async () => {
    const id = await submit();
    await redis.del(keys.turns);
    await backend.workers.beat(sampleWorker("worker-1"), HOUR_MS);
    expect(await backend.admission.admit()).toEqual([]);
    await expectToMend(1);
    expect(await backend.admission.admit()).toMatchObject([{ id }]);
  });

  it("takes out what is counted wrongly, be it all that a tenant has", async () => {
    await backend.apiKeys.create(sampleApiKey({ tenant: TENANT }));
    const phantoms = [newInvocationId(), newInvocationId()];
    for (const id of phantoms) await redis.zadd(keys.index("queued", TENANT), 0, id);
    for (const id of phantoms) await redis.zadd(keys.open, 0, id);
    expect(await backend.store.create(sampleInvocation({}, { tenant: TENANT }))).toMatchObject({ of: "tenant" });
    await expectToMend(4);
    await submit();
    expect(await redis.zcard(keys.open)).toBe(1);
  });

  it("counts again what one of the sets has lost", async () => {
    const [first, second] = [await submit(), await submit()];
    await redis.zrem(keys.index("queued", TENANT), first);
    await redis.zrem(keys.open, second);
    await expectToMend(2);
    expect(await backend.store.open()).toEqual([first, second].toSorted());
    expect(await backend.store.create(sampleInvocation({}, { tenant: TENANT }))).toMatchObject({ of: "tenant" });
  });

  it("gives what runs its place back, and frees that of one that waits for its turn", async () => {
    const [running, waiting] = [await submit(), await submit()];
    await backend.store.start(running, "worker-1");
    await redis.del(keys.admitted);
    await redis.zadd(keys.admitted, 0, `${TENANT}\0${waiting}`);
    await expectToMend(2);
    expect(await redis.zrange(keys.admitted, "0", "-1")).toEqual([`${TENANT}\0${running}`]);
  });
});
