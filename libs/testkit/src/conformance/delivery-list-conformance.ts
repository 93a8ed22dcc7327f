import { type Backend, type DeliveryQuery, newInvocationId, newUlid, type StoredDelivery } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { sampleTry } from "../samples/delivery.ts";
import { DEAD, DELIVERED, writeDelivery } from "./delivering.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

const [WEBHOOK, OTHER_WEBHOOK] = [`whk_${newUlid()}`, `whk_${newUlid()}`];
const INVOCATION = newInvocationId();
const END = [null, DELIVERED, DEAD];

/** Listing by everything that can be asked for. */
export function describeDeliveryList(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  /** Deliveries of the milliseconds 10 to 90, in every status, of two webhooks and of an invocation's own. */
  async function openWithNine(): Promise<{ backend: Backend; all: StoredDelivery[] }> {
    const backend = await open();
    const all: StoredDelivery[] = [];
    for (let i = 0; i < 9; i += 1) {
      const webhook = [WEBHOOK, OTHER_WEBHOOK, null][Math.floor(i / 3)] ?? null;
      const invocation = i % 3 === 0 ? INVOCATION : newInvocationId();
      const written = await writeDelivery(backend, { id: `dlv_${newUlid((i + 1) * 10)}`, webhook, invocation });
      const after = END[(i + Math.floor(i / 3)) % 3];
      if (after) await backend.deliveries.record(written.id, sampleTry(200), after);
      all.push(written);
    }
    await writeDelivery(backend, { id: `dlv_${newUlid(55)}`, webhook: WEBHOOK, tenant: "other" });
    return { backend, all };
  }

  describe("list", () => {
    it("shows deliveries as clients see them, newest first, and no other tenant's", async () => {
      const { backend, all } = await openWithNine();
      const { items, next } = await backend.deliveries.list({ tenant: "acme", limit: 100 });
      const [newest] = all.slice(-1).map(({ tenant, body, traceparent, ...shown }) => shown);
      expect(items[0]).toEqual({
        ...newest,
        status: "delivered",
        tries: [sampleTry(200)],
        tryCount: 1,
        nextTryAt: null,
        deliveredAt: expect.any(String),
      });
      expect([items.map(({ id }) => id), next]).toEqual([all.map(({ id }) => id).toReversed(), null]);
    });

    it.each<[what: string, query: Partial<DeliveryQuery>, milliseconds: number[]]>([
      ["a webhook", { webhook: WEBHOOK }, [30, 20, 10]],
      ["another one", { webhook: OTHER_WEBHOOK }, [60, 50, 40]],
      ["an unknown one", { webhook: `whk_${newUlid()}` }, []],
      ["an invocation", { invocation: INVOCATION }, [70, 40, 10]],
      ["a status", { status: "pending" }, [80, 60, 10]],
      ["another status", { status: "delivered" }, [90, 40, 20]],
      ["a webhook and a status", { webhook: WEBHOOK, status: "dead" }, [30]],
      ["an invocation and a webhook", { invocation: INVOCATION, webhook: OTHER_WEBHOOK }, [40]],
      ["an invocation and a status", { invocation: INVOCATION, status: "dead" }, [70]],
      ["a time", { since: 30, until: 60 }, [50, 40, 30]],
      ["since when", { since: 71 }, [90, 80]],
      ["until when", { until: 30 }, [20, 10]],
      ["a time and a webhook", { since: 20, until: 50, webhook: WEBHOOK }, [30, 20]],
      ["a time and a status", { since: 20, until: 90, status: "delivered" }, [40, 20]],
      ["no time at all", { since: 50, until: 50 }, []],
    ])("finds those of %s, page by page", async (_what, query, milliseconds) => {
      const { backend, all } = await openWithNine();
      const expected = milliseconds.map((ms) => all[ms / 10 - 1]?.id);
      const pages = await pagesOf(backend, { tenant: "acme", limit: 2, ...query });
      expect(pages.flat()).toEqual(expected);
      expect(pages).toHaveLength(Math.max(1, Math.ceil(expected.length / 2)));
      expect((await pagesOf(backend, { tenant: "other", limit: 2, ...query, webhook: OTHER_WEBHOOK })).flat()).toEqual(
        [],
      );
    });

    it("follows a delivery from status to status", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const { id, webhook } = await writeDelivery(backend, { webhook: WEBHOOK });
      const found = async () => {
        const of = (status: StoredDelivery["status"]) =>
          deliveries.list({ tenant: "acme", webhook: webhook ?? "", status, limit: 10 });
        const pages = await Promise.all([of("pending"), of("delivered"), of("dead")]);
        return pages.map(({ items }) => items.length);
      };
      expect(await found()).toEqual([1, 0, 0]);
      await deliveries.record(id, sampleTry(500, 1), DEAD);
      expect(await found()).toEqual([0, 0, 1]);
      await deliveries.redeliver("acme", id);
      expect(await found()).toEqual([1, 0, 0]);
      await deliveries.record(id, sampleTry(200, 2), DELIVERED);
      expect(await found()).toEqual([0, 1, 0]);
    });
  });
}

/** The ids of all pages, from the first to the last. */
async function pagesOf({ deliveries }: Backend, query: DeliveryQuery): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after = query.after; ; ) {
    const page = await deliveries.list({ ...query, ...(after && { after }) });
    pages.push(page.items.map(({ id }) => id));
    if (!page.next) return pages;
    after = page.next;
  }
}
