import { newUlid } from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { sampleTry } from "../samples/delivery.ts";
import { DELIVERED, writeDelivery } from "./delivering.ts";
import { describeDeliveryList } from "./delivery-list-conformance.ts";
import { describeRetention } from "./delivery-retention-conformance.ts";
import { describeTries } from "./delivery-try-conformance.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";
import { describeOutbox } from "./outbox-conformance.ts";
import { describeRedelivery } from "./redelivery-conformance.ts";

const HOUR_MS = 3_600_000;

/** What every `DeliveryLedger` keeps to. */
export function describeDeliveryLedgerConformance(name: string, makeBackend: MakeBackend): void {
  describe(`the delivery ledger ${name}`, () => {
    describeOutbox(makeBackend);
    describeTaking(makeBackend);
    describeTries(makeBackend);
    describeRedelivery(makeBackend);
    describeDeliveryList(makeBackend);
    describeRetention(makeBackend);
  });
}

function describeTaking(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("a delivery that is due", () => {
    it.each([10, 20_000, 200_000])("is handed out whole, with a body of %i characters", async (length) => {
      const backend = await open();
      const body = Array.from({ length: length / 10 }, (_, i) => `"${i}ä"`.padEnd(10)).join("");
      const webhook = `whk_${newUlid()}`;
      const written = await writeDelivery(backend, { tenant: "a:b|c", webhook, traceparent: null, body });
      const [taken] = await backend.deliveries.take(10, HOUR_MS);
      expect(taken).toEqual({ ...written, nextTryAt: expect.any(String) });
      expect(await backend.deliveries.get("a:b|c", written.id)).toEqual(taken);
    });

    it("is handed to one of many takers, as many as are asked for", async () => {
      const backend = await open();
      const written = [];
      for (let i = 0; i < 20; i += 1) written.push(await writeDelivery(backend));
      const taken = await Promise.all(Array.from({ length: 8 }, () => backend.deliveries.take(3, HOUR_MS)));
      expect(taken.map(({ length }) => length).toSorted()).toEqual([2, 3, 3, 3, 3, 3, 3, 0].toSorted());
      expect(ids(taken.flat()).toSorted()).toEqual(ids(written).toSorted());
      expect(await backend.deliveries.size()).toEqual({ pending: 20, outbox: 0 });
    });

    it("is handed out before those that are due for a shorter time", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const [late, early, latest] = [
        await writeDelivery(backend),
        await writeDelivery(backend),
        await writeDelivery(backend),
      ];
      await deliveries.postpone(late.id, -1_000);
      await deliveries.postpone(early.id, -2_000);
      expect(ids(await deliveries.take(2, HOUR_MS))).toEqual([early.id, late.id]);
      expect(ids(await deliveries.take(2, HOUR_MS))).toEqual([latest.id]);
    });

    it("is handed out again when the lease of its taker is over", async () => {
      const backend = await open();
      const { id } = await writeDelivery(backend);
      expect(ids(await backend.deliveries.take(1, 1))).toEqual([id]);
      await vi.waitFor(async () => expect(ids(await backend.deliveries.take(1, HOUR_MS))).toEqual([id]));
      expect(await backend.deliveries.take(1, HOUR_MS)).toEqual([]);
    });

    it("can be put off without a try", async () => {
      const backend = await open();
      const { id } = await writeDelivery(backend);
      await backend.deliveries.take(1, HOUR_MS);
      await backend.deliveries.postpone(id, 0);
      expect(ids(await backend.deliveries.take(1, HOUR_MS))).toEqual([id]);
      await backend.deliveries.postpone(id, HOUR_MS);
      expect(await backend.deliveries.take(1, HOUR_MS)).toEqual([]);
      expect(await backend.deliveries.get("acme", id)).toMatchObject({ status: "pending", tryCount: 0 });
    });

    it("shows in when the next one is due, as does one that is not due yet", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id } = await writeDelivery(backend);
      expect(await deliveries.nextDueMs()).toBe(0);
      await deliveries.postpone(id, HOUR_MS);
      expect(await deliveries.nextDueMs()).toBeGreaterThan(HOUR_MS / 2);
      await deliveries.postpone(id, -HOUR_MS);
      expect(await deliveries.nextDueMs()).toBe(0);
      await deliveries.record(id, sampleTry(200), DELIVERED);
      expect(await deliveries.nextDueMs()).toBeNull();
    });

    it("is its tenant's alone", async () => {
      const backend = await open();
      const { id } = await writeDelivery(backend);
      expect(await backend.deliveries.get("other", id)).toBeNull();
      expect(await backend.deliveries.redeliver("other", id)).toBeNull();
      expect(await backend.deliveries.get("acme", `dlv_${newUlid()}`)).toBeNull();
    });
  });
}

function ids(deliveries: readonly { readonly id: string }[]): string[] {
  return deliveries.map(({ id }) => id);
}
