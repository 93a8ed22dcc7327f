import { once } from "node:events";
import {
  type Backend,
  type ConsumeOptions,
  type InvocationId,
  MAX_PRIORITY,
  newInvocationId,
  type QueueEntry,
} from "@pifleet/invocation";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ClaimInbox } from "./claim-inbox.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

const CARRIER = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
/** Short enough to be lost in a test, long enough not to be lost by a slow machine while it is renewed. */
const SHORT_LEASE_MS = 600;

/** What every `InvocationQueue` keeps to. */
export function describeQueueConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);
  const inboxes: ClaimInbox[] = [];
  const consume = ({ queue }: Backend, options: Partial<ConsumeOptions> = {}) => {
    const inbox = new ClaimInbox(queue, options);
    inboxes.push(inbox);
    return inbox;
  };
  afterEach(async () => {
    await Promise.all(inboxes.splice(0).map((inbox) => inbox.stop()));
  });

  describe(`the queue ${name}`, () => {
    it("hands out an entry once, with its carrier, and forgets it when the claim is completed", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const inbox = consume(backend, { concurrency: 2 });
      const { claim, done } = await inbox.next();
      expect([claim.id, claim.carrier, claim.lost.aborted]).toEqual([id, CARRIER, false]);
      expect(inbox.consumer.running()).toEqual([id]);
      expect(await backend.queue.depth()).toEqual({ waiting: 0, delayed: 0, claimed: 1, paused: false });
      await claim.complete();
      done();
      await vi.waitFor(() => expect(inbox.consumer.running()).toEqual([]));
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, claimed: 0 });
      expect(inbox.unread).toBe(0);
    });

    it("ignores an id that waits or is claimed already, and takes it again afterwards", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      await enqueue(backend, { id });
      expect(await backend.queue.depth()).toMatchObject({ waiting: 1 });
      const inbox = consume(backend);
      const { claim, done } = await inbox.next();
      await enqueue(backend, { id });
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, claimed: 1 });
      await claim.complete();
      done();
      await enqueue(backend, { id });
      expect((await inbox.next()).claim.id).toBe(id);
    });

    it("hands out by priority, and in order of arrival within one", async () => {
      const backend = await open();
      const [low1, low2] = [await enqueue(backend), await enqueue(backend)];
      const high = await enqueue(backend, { priority: MAX_PRIORITY });
      const middle = await enqueue(backend, { priority: 1 });
      const inbox = consume(backend);
      expect(await takeAll(inbox, 4)).toEqual([high, middle, low1, low2]);
    });

    it("hands out no more than it may at once", async () => {
      const backend = await open();
      for (let i = 0; i < 3; i += 1) await enqueue(backend);
      const inbox = consume(backend, { concurrency: 2 });
      const { claim, done } = await inbox.next();
      await inbox.next();
      expect([await backend.queue.depth(), inbox.unread]).toMatchObject([{ waiting: 1, claimed: 2 }, 0]);
      await claim.complete();
      done();
      await inbox.next();
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, claimed: 2 });
    });

    it("holds a delayed entry back until its time has come", async () => {
      const backend = await open();
      const id = await enqueue(backend, { delayMs: 200 });
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, delayed: 1 });
      expect((await consume(backend).next()).claim.id).toBe(id);
    });

    it("takes a waiting or delayed entry out, but no claimed one", async () => {
      const backend = await open();
      const claimed = await enqueue(backend);
      const { claim } = await consume(backend).next();
      const waiting = await enqueue(backend);
      const delayed = await enqueue(backend, { delayMs: 60_000 });
      for (const id of [claimed, waiting, delayed, newInvocationId()]) await backend.queue.remove(id);
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, delayed: 0, claimed: 1 });
      expect(await claim.renew()).toBe(true);
    });

    it("hands a released entry out again, at once or after a delay", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const inbox = consume(backend);
      const first = await inbox.next();
      await first.claim.release();
      first.done();
      const second = await inbox.next();
      expect(second.claim.id).toBe(id);
      await second.claim.release(200);
      second.done();
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, delayed: 1, claimed: 0 });
      expect((await inbox.next()).claim.id).toBe(id);
    });

    it("keeps a claim that is renewed, and gives a lost one to another consumer as a new claim", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const { claim } = await consume(backend, { leaseMs: SHORT_LEASE_MS }).next();
      const other = consume(backend, { leaseMs: SHORT_LEASE_MS });
      for (let i = 0; i < 4; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, SHORT_LEASE_MS / 4));
        expect(await claim.renew()).toBe(true);
      }
      expect(other.unread).toBe(0);
      await once(claim.lost, "abort");
      const recovered = await other.next();
      expect(recovered.claim.id).toBe(id);
      expect(recovered.claim.lost.aborted).toBe(false);
      expect(await claim.renew()).toBe(false);
    });

    it("lets a lost claim neither complete nor release what another one holds", async () => {
      const backend = await open();
      await enqueue(backend);
      const lost = await consume(backend, { leaseMs: SHORT_LEASE_MS }).next();
      const { claim } = await consume(backend).next();
      await lost.claim.complete();
      await lost.claim.release();
      expect(await claim.renew()).toBe(true);
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, delayed: 0, claimed: 1 });
    });

    it("never hands out an id whose handler has not returned to the same consumer", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const inbox = consume(backend, { concurrency: 2, leaseMs: SHORT_LEASE_MS });
      const { claim, done } = await inbox.next();
      await once(claim.lost, "abort");
      await enqueue(backend);
      await inbox.next();
      expect([inbox.unread, inbox.consumer.running().length]).toEqual([0, 2]);
      done();
      expect((await inbox.next()).claim.id).toBe(id);
    });

    it("reports a handler that rejects, and leaves its claim to the lease", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const fault = Promise.withResolvers<Error>();
      const options = { concurrency: 1, leaseMs: SHORT_LEASE_MS, onFault: fault.resolve };
      const consumer = backend.queue.consume(options, () => Promise.reject(new Error("a bug")));
      expect(await fault.promise).toMatchObject({ message: "a bug" });
      await consumer.stop();
      expect((await consume(backend).next()).claim.id).toBe(id);
    });

    it("hands nothing out while it is paused; running work goes on", async () => {
      const backend = await open();
      await enqueue(backend);
      const inbox = consume(backend, { concurrency: 2 });
      const { claim } = await inbox.next();
      await backend.queue.pause();
      const id = await enqueue(backend);
      expect(await backend.queue.depth()).toEqual({ waiting: 1, delayed: 0, claimed: 1, paused: true });
      expect(await claim.renew()).toBe(true);
      expect(inbox.unread).toBe(0);
      await backend.queue.resume();
      expect((await inbox.next()).claim.id).toBe(id);
      expect(await backend.queue.depth()).toMatchObject({ paused: false });
    });
  });

  describe(`a consumer ${name}`, () => {
    it("stops when all its handlers have returned, and takes nothing new until then", async () => {
      const backend = await open();
      await enqueue(backend);
      const inbox = consume(backend, { concurrency: 2 });
      const { claim, done } = await inbox.next();
      const stopped = vi.fn();
      const stopping = inbox.consumer.stop().then(stopped);
      const id = await enqueue(backend);
      expect(await claim.renew()).toBe(true);
      await claim.complete();
      expect(stopped).not.toHaveBeenCalled();
      done();
      await stopping;
      expect(await backend.queue.depth()).toMatchObject({ waiting: 1, claimed: 0 });
      expect((await consume(backend).next()).claim.id).toBe(id);
    });

    it("stops while it waits for an entry, and can be stopped twice", async () => {
      const backend = await open();
      const inbox = consume(backend);
      await enqueue(backend);
      const { claim, done } = await inbox.next();
      await claim.complete();
      done();
      await Promise.all([inbox.consumer.stop(), inbox.consumer.stop()]);
      await inbox.consumer.stop();
      expect(inbox.consumer.running()).toEqual([]);
    });

    it("stops before it has begun, and leaves the entry to others", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const early = consume(backend);
      await early.consumer.stop();
      expect(early.unread).toBe(0);
      expect((await consume(backend).next()).claim.id).toBe(id);
    });

    it("loses its claims when the backend is closed", async () => {
      const backend = await open();
      await enqueue(backend);
      const { claim } = await consume(backend).next();
      await backend.close();
      expect(claim.lost.aborted).toBe(true);
      expect(await claim.renew()).toBe(false);
    });
  });
}

async function enqueue({ queue }: Backend, given: Partial<QueueEntry> = {}): Promise<InvocationId> {
  const entry: QueueEntry = { id: newInvocationId(), carrier: CARRIER, priority: 0, delayMs: 0, ...given };
  await queue.enqueue(entry);
  return entry.id;
}

/** Takes and completes `count` claims, one after the other. */
async function takeAll(inbox: ClaimInbox, count: number): Promise<InvocationId[]> {
  const ids: InvocationId[] = [];
  while (ids.length < count) {
    const { claim, done } = await inbox.next();
    ids.push(claim.id);
    await claim.complete();
    done();
  }
  return ids;
}
