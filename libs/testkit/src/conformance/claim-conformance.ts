import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { enqueue, SHORT_LEASE_MS, useInboxes } from "./claiming.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

/** Leases: how a claim is kept, lost and recovered. */
export function describeClaims(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);
  const consume = useInboxes();

  describe("a claim", () => {
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
      const recovered = await other.next();
      expect(recovered.claim.id).toBe(id);
      expect(recovered.claim.lost.aborted).toBe(false);
      expect(await claim.renew()).toBe(false);
      expect(claim.lost.aborted).toBe(true);
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
      const options = { worker: "worker-1", concurrency: 1, leaseMs: SHORT_LEASE_MS, onFault: fault.resolve };
      const consumer = backend.queue.consume(options, () => Promise.reject(new Error("a bug")));
      expect(await fault.promise).toMatchObject({ message: "a bug" });
      await consumer.stop();
      expect((await consume(backend).next()).claim.id).toBe(id);
    });
  });
}
