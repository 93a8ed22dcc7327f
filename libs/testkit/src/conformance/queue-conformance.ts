import { MAX_PRIORITY, newInvocationId } from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { describeClaims } from "./claim-conformance.ts";
import { CARRIER, enqueue, takeAll, useInboxes } from "./claiming.ts";
import { describeConsumers } from "./consumer-conformance.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";
import { describeReclaiming } from "./reclaim-conformance.ts";

/** What every `InvocationQueue` keeps to. */
export function describeQueueConformance(name: string, makeBackend: MakeBackend): void {
  describe(`the queue ${name}`, () => {
    describeEntries(makeBackend);
    describeClaims(makeBackend);
    describeConsumers(makeBackend);
    describeReclaiming(makeBackend);
  });
}

/** When an entry is handed out. */
function describeEntries(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);
  const consume = useInboxes();

  describe("an entry", () => {
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

    it("is missing once it is completed or taken out, and never before", async () => {
      const backend = await open();
      const [completed, claimed] = [await enqueue(backend), await enqueue(backend)];
      const inbox = consume(backend);
      await takeAll(inbox, 1);
      await inbox.next();
      const [waiting, delayed, removed] = [
        await enqueue(backend),
        await enqueue(backend, { delayMs: 60_000 }),
        await enqueue(backend, { delayMs: 60_000 }),
      ];
      await backend.queue.remove(removed);
      const unknown = newInvocationId();
      const asked = [unknown, claimed, waiting, completed, delayed, removed];
      expect(await backend.queue.missing(asked)).toEqual([unknown, completed, removed]);
      expect(await backend.queue.missing([])).toEqual([]);
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
}
