import type { Backend, Claim, InvocationId } from "@pifleet/invocation";
import { sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Connections, openConnections } from "../connection/connections.ts";
import { RedisChangeFeed } from "../events/change-feed.ts";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { Scripts } from "../scripting/scripts.ts";
import { isCrowded } from "../slots/is-crowded.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";
import { ClaimSource } from "./claim-source.ts";
import { RedisConsumer } from "./consumer.ts";

const HOUR_MS = 3_600_000;
const SLOTS = 2;

const ownPrefix = useOwnKeys();
const fail = (error: Error) => {
  throw error;
};

/** What goes through the queue as in production, but for a consumer that looks for its reserve only when it is called. */
describe("the reserve of a consumer that is full", () => {
  let keys: Keys;
  let used: AsyncDisposableStack;
  let backend: Backend;
  let connections: Connections;
  /** The claims whose handlers have not returned. */
  let held: Map<InvocationId, () => void>;
  let looks: ReturnType<typeof vi.fn<() => Promise<boolean>>>;

  beforeEach(async () => {
    used = new AsyncDisposableStack();
    const prefix = ownPrefix();
    keys = makeKeys(prefix);
    held = new Map();
    const options = { url: TEST_REDIS_URL, prefix, role: "worker", retentionMs: HOUR_MS } as const;
    backend = used.adopt(await connectBackend(options), (open) => open.close());
    connections = used.adopt(openConnections(TEST_REDIS_URL, "worker", fail), ({ close }) => close());
    await backend.workers.beat({ ...sampleWorker("worker-1"), concurrency: SLOTS }, HOUR_MS);
  });
  afterEach(async () => {
    for (const done of held.values()) done();
    await used.disposeAsync();
  });

  function consume(): void {
    const { main, subscriber } = connections;
    const scripts = new Scripts(main, keys, HOUR_MS);
    const changes = used.adopt(new RedisChangeFeed(subscriber, keys, fail), (feed) => feed.close());
    const source = new ClaimSource(main, scripts, { worker: "worker-1", leaseMs: HOUR_MS, onFault: fail });
    looks = vi.fn(() => isCrowded(scripts));
    const options = { concurrency: SLOTS, reserve: 1, leaseMs: HOUR_MS, lookForReserveMs: HOUR_MS };
    const watchReserves = (listener: () => void) => changes.watchReserves(listener);
    const consumer = new RedisConsumer(
      source,
      { ...options, isCrowded: looks, watchReserves, onFault: fail, onStopped: () => undefined },
      hold,
    );
    used.adopt(consumer, (running) => running.stop());
  }

  async function hold(claim: Claim): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    held.set(claim.id, resolve);
    await promise;
    held.delete(claim.id);
  }

  async function submit(tenant: string): Promise<InvocationId> {
    const invocation = sampleInvocation({}, { tenant });
    const created = await backend.store.create(invocation);
    if (created.kind !== "created") throw new Error(`it was not created: ${created.kind}`);
    await backend.queue.enqueue(...created.admitted);
    return invocation.id;
  }

  /** One tenant has every slot and more, and the consumer has looked what it looks for when it becomes full. */
  async function flood(): Promise<void> {
    for (let i = 0; i < 3 * SLOTS; i += 1) await submit("flooding");
    consume();
    await vi.waitFor(() => expect(held.size).toBe(SLOTS));
    // At once, and once more when it has begun to listen.
    await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(2));
  }

  it("is called for by the submission of a tenant who has no place, and not by those of one who has", async () => {
    await flood();
    for (let i = 0; i < 3; i += 1) await submit("flooding");
    const id = await submit("calm");
    await vi.waitFor(() => expect(held.has(id)).toBe(true));
    expect(looks).toHaveBeenCalledTimes(3);
    expect(held.size).toBe(SLOTS + 1);
  });

  it("is found by a consumer that was full only after the call", async () => {
    for (let i = 0; i < SLOTS; i += 1) await submit("flooding");
    const id = await submit("calm");
    consume();
    await vi.waitFor(() => expect(held.has(id)).toBe(true));
    expect(held.size).toBe(SLOTS + 1);
  });

  it("is looked for when a call may have been missed", async () => {
    await flood();
    connections.subscriber.disconnect(true);
    const id = await submit("calm");
    await vi.waitFor(() => expect(held.has(id)).toBe(true));
  });

  it("is called for when a worker has gone with its slots", async () => {
    await backend.workers.beat({ ...sampleWorker("worker-2"), concurrency: 1 }, HOUR_MS);
    await flood();
    expect(await backend.queue.depth()).toMatchObject({ waiting: 1, claimed: SLOTS });
    await backend.workers.leave("worker-2");
    await vi.waitFor(() => expect(held.size).toBe(SLOTS + 1));
  });

  it("is called for when one that has no place takes a slot, as the next attempt of an invocation does", async () => {
    await flood();
    const invocation = sampleInvocation({ delayMs: HOUR_MS });
    await backend.store.create(invocation);
    await backend.store.start(invocation.id, "worker-1");
    await vi.waitFor(() => expect(looks).toHaveBeenCalledTimes(3));
  });

  it("costs a consumer one subscription, on the connection that it has", async () => {
    const redis = used.adopt(new Redis(TEST_REDIS_URL), (open) => open.disconnect());
    await flood();
    expect(await redis.pubsub("NUMSUB", keys.reserves)).toEqual([keys.reserves, 1]);
  });
});
