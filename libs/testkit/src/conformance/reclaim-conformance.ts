import { MAX_PRIORITY } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { CARRIER, enqueue, takeAll, useInboxes } from "./claiming.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

/** What becomes of the claims of a worker that is known to be dead. */
export function describeReclaiming(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);
  const consume = useInboxes();

  describe("reclaim", () => {
    it("gives what a dead worker has claimed to another that waits, and leaves what others have claimed", async () => {
      const backend = await open();
      const ids = [await enqueue(backend), await enqueue(backend)];
      const dead = consume(backend, { worker: "dead", concurrency: 2 });
      for (const _claim of ids) await dead.next();
      const alive = consume(backend, { worker: "dead:2", concurrency: 3 });
      await enqueue(backend);
      const { claim } = await alive.next();
      const reclaimed = await backend.queue.reclaim("dead");
      expect(reclaimed.toSorted()).toEqual(ids.toSorted());
      const [one, two] = [await alive.next(), await alive.next()];
      expect([one.claim.id, two.claim.id].toSorted()).toEqual(ids.toSorted());
      expect(one.claim.carrier).toEqual(CARRIER);
      expect(await claim.renew()).toBe(true);
      expect(await backend.queue.reclaim("dead")).toEqual([]);
    });

    it("lets the dead worker, should it live, neither renew nor complete nor release", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const dead = consume(backend, { worker: "dead" });
      const { claim: lost } = await dead.next();
      expect(await backend.queue.reclaim("dead")).toEqual([id]);
      expect(await lost.renew()).toBe(false);
      expect(lost.lost.aborted).toBe(true);
      const { claim } = await consume(backend, { worker: "alive" }).next();
      expect(claim.id).toBe(id);
      await lost.complete();
      await lost.release();
      expect(await claim.renew()).toBe(true);
      expect(await backend.queue.depth()).toMatchObject({ waiting: 0, delayed: 0, claimed: 1 });
    });

    it("puts entries ahead of all that wait, until they are released", async () => {
      const backend = await open();
      const low = await enqueue(backend);
      await consume(backend, { worker: "dead" }).next();
      const middle = await enqueue(backend, { priority: 1 });
      const high = await enqueue(backend, { priority: MAX_PRIORITY });
      await backend.queue.reclaim("dead");
      const inbox = consume(backend, { worker: "alive" });
      const { claim, done } = await inbox.next();
      expect(claim.id).toBe(low);
      await claim.release();
      done();
      expect(await takeAll(inbox, 3)).toEqual([high, middle, low]);
    });

    it("keeps entries back while the queue is paused", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      await consume(backend, { worker: "dead" }).next();
      const alive = consume(backend, { worker: "alive" });
      await backend.queue.pause();
      expect(await backend.queue.reclaim("dead")).toEqual([id]);
      expect(await backend.queue.depth()).toEqual({ waiting: 1, delayed: 0, claimed: 0, paused: true });
      expect(alive.unread).toBe(0);
      await backend.queue.resume();
      expect((await alive.next()).claim.id).toBe(id);
    });

    it("finds nothing of a worker that holds no claim", async () => {
      const backend = await open();
      const id = await enqueue(backend);
      const inbox = consume(backend, { worker: "worker-1" });
      expect(await takeAll(inbox, 1)).toEqual([id]);
      expect(await backend.queue.reclaim("worker-1")).toEqual([]);
      expect(await backend.queue.reclaim("unknown")).toEqual([]);
    });
  });
}
