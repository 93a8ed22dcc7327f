import { describe, expect, it, vi } from "vitest";
import { enqueue, useInboxes } from "./claiming.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

/** How consumers stop. */
export function describeConsumers(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);
  const consume = useInboxes();

  describe("a consumer", () => {
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
