import { describe, expect, it, vi } from "vitest";
import { sampleTry } from "../samples/delivery.ts";
import { DEAD, DELIVERED, writeDelivery } from "./delivering.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

const HOUR_MS = 3_600_000;
const PATIENCE = { timeout: 10_000 };
const LATER = { kind: "again", delayMs: HOUR_MS } as const;

/** Delivering again what was delivered, given up, or waits. */
export function describeRedelivery(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("redeliver", () => {
    it.each([DELIVERED, DEAD])("makes one that has ended pending, and due at once: $kind", async (after) => {
      const backend = await open();
      const { deliveries } = backend;
      const { id, messageId, body } = await writeDelivery(backend);
      await deliveries.record(id, sampleTry(500, 1), LATER);
      await deliveries.record(id, sampleTry(500, 2), after);
      const tries = [sampleTry(500, 1), sampleTry(500, 2)];
      const again = { id, messageId, body, status: "pending", tries, tryCount: 0, deliveredAt: null };
      expect(await deliveries.redeliver("acme", id)).toMatchObject({ ...again, nextTryAt: expect.any(String) });
      expect(await deliveries.take(1, HOUR_MS)).toMatchObject([again]);
      await deliveries.record(id, sampleTry(200, 3), DELIVERED);
      expect(await deliveries.get("acme", id)).toMatchObject({ status: "delivered", tryCount: 1 });
    });

    it("makes one that waits due at once, and changes nothing more the second time", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      await deliveries.record(id, sampleTry(500), LATER);
      const first = await deliveries.redeliver("acme", id);
      expect(first).toMatchObject({ status: "pending", tryCount: 0, tries: [sampleTry(500)] });
      expect(await deliveries.redeliver("acme", id)).toEqual(first);
      expect(await deliveries.take(10, HOUR_MS)).toEqual([first]);
      expect(await deliveries.size()).toEqual({ pending: 1, outbox: 0 });
    });

    it("leaves one that is taken to its taker", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      await deliveries.take(1, HOUR_MS);
      await deliveries.redeliver("acme", id);
      await deliveries.redeliver("acme", id);
      expect(await deliveries.take(1, HOUR_MS)).toEqual([]);
      await deliveries.record(id, sampleTry(200), DELIVERED);
      expect(await deliveries.get("acme", id)).toMatchObject({ status: "delivered" });
    });

    it.each([DEAD, LATER])("outlives the try during which it was asked for: $kind", async (after) => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      await deliveries.take(1, HOUR_MS);
      await deliveries.redeliver("acme", id);
      await deliveries.record(id, sampleTry(500, 1), after);
      expect(await deliveries.take(1, HOUR_MS)).toMatchObject([{ id, tryCount: 0, tries: [sampleTry(500, 1)] }]);
      await deliveries.record(id, sampleTry(500, 2), after);
      expect(await deliveries.take(1, HOUR_MS)).toEqual([]);
    });

    it("is done with the next try when the taker died during which it was asked for", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      await deliveries.take(1, 200);
      await deliveries.redeliver("acme", id);
      await vi.waitFor(async () => expect(await deliveries.take(1, HOUR_MS)).toHaveLength(1));
      await deliveries.record(id, sampleTry(500), DEAD);
      expect(await deliveries.get("acme", id)).toMatchObject({ status: "dead", tryCount: 1 });
    });

    it("keeps a delivery from expiring until it ends again", async () => {
      const backend = await open(1_000);
      const { deliveries } = backend;
      const [again, other] = [await writeDelivery(backend), await writeDelivery(backend)];
      await deliveries.record(again.id, sampleTry(500), DEAD);
      await deliveries.redeliver("acme", again.id);
      await deliveries.record(other.id, sampleTry(500), DEAD);
      await vi.waitFor(async () => expect(await deliveries.expire()).toBe(1), PATIENCE);
      expect(await deliveries.get("acme", again.id)).toMatchObject({ status: "pending" });
      await deliveries.record(again.id, sampleTry(200, 2), DELIVERED);
      await vi.waitFor(async () => expect(await deliveries.get("acme", again.id)).toBeNull(), PATIENCE);
    });
  });
}
