import type { Backend, StoredDelivery } from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { sampleTry } from "../samples/delivery.ts";
import { DEAD, DELIVERED, writeDelivery } from "./delivering.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

const AGAIN = { kind: "again", delayMs: 0 } as const;

/** How long deliveries are kept. */
export function describeRetention(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("the retention of deliveries", () => {
    it("begins with their end", async () => {
      const backend = await open(1);
      const { deliveries } = backend;
      const [pending, ...ended] = [
        await writeDelivery(backend),
        await writeDelivery(backend),
        await writeDelivery(backend),
      ];
      for (const [i, { id }] of ended.entries()) await deliveries.record(id, sampleTry(200), i ? DEAD : DELIVERED);
      await expectToBeGone(backend, ended);
      await vi.waitFor(async () => expect(await deliveries.expire()).toBe(2));
      expect(await deliveries.expire()).toBe(0);
      expect((await deliveries.list({ tenant: "acme", limit: 1 })).items.map(({ id }) => id)).toEqual([pending.id]);
      for (const { id, invocation } of ended) {
        await deliveries.record(id, sampleTry(200, 2), AGAIN);
        await deliveries.postpone(id, 0);
        expect(await deliveries.redeliver("acme", id)).toBeNull();
        expect((await deliveries.list({ tenant: "acme", invocation, limit: 1 })).items).toEqual([]);
      }
      expect(await deliveries.size()).toEqual({ pending: 1, outbox: 0 });
    });

    it("leaves out of lists what has not been dropped yet", async () => {
      const backend = await open(1);
      const { deliveries } = backend;
      const kept = await writeDelivery(backend);
      const ended = [];
      for (let i = 0; i < 5; i += 1) ended.push(await writeDelivery(backend));
      for (const { id } of ended) await deliveries.record(id, sampleTry(200), DELIVERED);
      await expectToBeGone(backend, ended);
      const page = await deliveries.list({ tenant: "acme", limit: 2 });
      expect([ids(page.items), page.next]).toEqual([[kept.id], null]);
    });
  });
}

async function expectToBeGone({ deliveries }: Backend, gone: readonly StoredDelivery[]): Promise<void> {
  for (const { id } of gone) await vi.waitFor(async () => expect(await deliveries.get("acme", id)).toBeNull());
}

function ids(deliveries: readonly { readonly id: string }[]): string[] {
  return deliveries.map(({ id }) => id);
}
