import { KEPT_TRIES } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { sampleTry } from "../samples/delivery.ts";
import { DEAD, DELIVERED, writeDelivery } from "./delivering.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

const HOUR_MS = 3_600_000;
const LATER = { kind: "again", delayMs: HOUR_MS } as const;

/** What follows a try. */
export function describeTries(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("a try", () => {
    it("is followed by another one, after a delay", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      await deliveries.take(1, HOUR_MS);
      await deliveries.record(id, sampleTry(503, 1), { kind: "again", delayMs: 0 });
      expect(await deliveries.take(1, HOUR_MS)).toMatchObject([{ tries: [sampleTry(503, 1)], tryCount: 1 }]);
      await deliveries.record(id, sampleTry(503, 2), LATER);
      expect(await deliveries.take(1, HOUR_MS)).toEqual([]);
      const pending = await deliveries.get("acme", id);
      expect(pending).toMatchObject({ status: "pending", tries: [sampleTry(503, 1), sampleTry(503, 2)], tryCount: 2 });
      expect(Date.parse(pending?.nextTryAt ?? "")).toBeGreaterThan(Date.now());
    });

    it.each([DELIVERED, DEAD])("ends the delivery: $kind", async (after) => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      const made = { ...sampleTry(200), status: null, error: "timeout" };
      await deliveries.record(id, made, after);
      expect(await deliveries.get("acme", id)).toMatchObject({
        status: after.kind,
        tries: [made],
        nextTryAt: null,
        deliveredAt: after === DELIVERED ? expect.any(String) : null,
      });
      expect(await deliveries.size()).toEqual({ pending: 0, outbox: 0 });
      expect(await deliveries.take(1, HOUR_MS)).toEqual([]);
    });

    it.each([LATER, DEAD, DELIVERED])("that comes late leaves a delivered one as it is: $kind", async (after) => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      await deliveries.record(id, sampleTry(200, 1), DELIVERED);
      const { deliveredAt } = (await deliveries.get("acme", id)) ?? {};
      await deliveries.record(id, sampleTry(500, 2), after);
      await deliveries.postpone(id, 0);
      expect(await deliveries.get("acme", id)).toMatchObject({ status: "delivered", tryCount: 2, deliveredAt });
      expect(await deliveries.take(1, HOUR_MS)).toEqual([]);
    });

    it("that comes late leaves a dead one dead, unless it was delivered", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      await deliveries.record(id, sampleTry(500, 1), DEAD);
      await deliveries.record(id, sampleTry(500, 2), { kind: "again", delayMs: 0 });
      expect(await deliveries.get("acme", id)).toMatchObject({ status: "dead" });
      expect(await deliveries.take(1, HOUR_MS)).toEqual([]);
      await deliveries.record(id, sampleTry(200, 3), DELIVERED);
      expect(await deliveries.get("acme", id)).toMatchObject({ status: "delivered", deliveredAt: expect.any(String) });
      expect((await deliveries.list({ tenant: "acme", limit: 10 })).items).toHaveLength(1);
    });

    it("is kept until there are too many newer ones, and counted all the same", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      const tries = Array.from({ length: KEPT_TRIES + 3 }, (_, i) => sampleTry(500, i + 1));
      for (const made of tries) await deliveries.record(id, made, LATER);
      const kept = { tries: tries.slice(3), tryCount: KEPT_TRIES + 3 };
      expect(await deliveries.get("acme", id)).toMatchObject(kept);
      expect((await deliveries.list({ tenant: "acme", limit: 1 })).items).toMatchObject([kept]);
    });
  });
}
