import { describe, expect, it, vi } from "vitest";
import { sampleDelivery } from "../samples/delivery.ts";
import { sampleInvocation } from "../samples/invocation.ts";
import { sampleWebhook } from "../samples/webhook.ts";
import { endWithWebhook, submitWithWebhook } from "./delivering.ts";
import { type MakeBackend, submit, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

const HOUR_MS = 3_600_000;

/** The rows that ended invocations leave. */
export function describeOutbox(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("the outbox", () => {
    it("has no row of an invocation that waits, runs, or waits for another attempt", async () => {
      const backend = await open();
      const { store, deliveries } = backend;
      const id = await submitWithWebhook(backend);
      await store.start(id, "worker-1");
      await store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 });
      expect(await deliveries.size()).toEqual({ pending: 0, outbox: 0 });
      expect(await deliveries.nextDueMs()).toBeNull();
    });

    it("has no row when nobody may want to know", async () => {
      const backend = await open();
      const webhook = sampleWebhook({ tenant: "acme" });
      await backend.webhooks.create(webhook);
      await backend.webhooks.delete("acme", webhook.id);
      await backend.webhooks.create(sampleWebhook({ tenant: "other" }));
      const { id } = await submit(backend);
      await backend.store.cancel("acme", id);
      expect(await backend.deliveries.size()).toEqual({ pending: 0, outbox: 0 });
    });

    it("has one row of an invocation that is settled for good, however often", async () => {
      const backend = await open();
      const id = await submitWithWebhook(backend);
      await backend.store.start(id, "worker-1");
      const settle = () => backend.store.settle(id, 1, { kind: "final", outcome: succeeded() });
      expect([await settle(), await settle()]).toEqual(["accepted", "stale"]);
      expect(await backend.deliveries.takeEnded(10, HOUR_MS)).toEqual([id]);
      await settle();
      expect(await backend.deliveries.size()).toEqual({ pending: 0, outbox: 1 });
    });

    it("has a row of one that is cancelled while it waits", async () => {
      const backend = await open();
      const id = await submitWithWebhook(backend);
      await backend.store.cancel("acme", id);
      await backend.store.cancel("acme", id);
      expect(await backend.deliveries.takeEnded(10, HOUR_MS)).toEqual([id]);
    });

    it("has a row of one whose attempts were used up by lost workers, of a tenant with a webhook", async () => {
      const backend = await open();
      await backend.webhooks.create(sampleWebhook({ tenant: "acme", enabled: false }));
      const { id } = await submitRunning(backend, { recovery: "fail" });
      expect(await backend.store.start(id, "worker-2")).toEqual({ kind: "terminal" });
      await backend.store.start(id, "worker-2");
      expect(await backend.deliveries.takeEnded(10, HOUR_MS)).toEqual([id]);
    });

    it("has one row of an invocation that has a webhook beside its tenant's", async () => {
      const backend = await open();
      await backend.webhooks.create(sampleWebhook({ tenant: "acme" }));
      await endWithWebhook(backend);
      expect(await backend.deliveries.size()).toEqual({ pending: 0, outbox: 1 });
    });

    it("hands each row to one taker, the longest due first, and again when a lease is over", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const ids = [await endWithWebhook(backend), await endWithWebhook(backend), await endWithWebhook(backend)];
      const taken = await Promise.all([1, 2, 3].map(() => deliveries.takeEnded(2, HOUR_MS)));
      expect(taken.flat().toSorted()).toEqual(ids.toSorted());
      const next = await endWithWebhook(backend);
      expect(await deliveries.takeEnded(10, 1)).toEqual([next]);
      await vi.waitFor(async () => expect(await deliveries.takeEnded(10, HOUR_MS)).toEqual([next]));
      expect(await deliveries.size()).toEqual({ pending: 0, outbox: 4 });
    });

    it("exchanges a row for its deliveries once, be they some or none", async () => {
      const backend = await open();
      const { deliveries } = backend;
      const [some, none] = [await endWithWebhook(backend), await endWithWebhook(backend)];
      const writers = [1, 2, 3].map(() => [sampleDelivery(), sampleDelivery()]);
      await Promise.all(writers.map((written) => deliveries.write(some, written)));
      await deliveries.write(none, []);
      await deliveries.write(none, [sampleDelivery()]);
      expect(await deliveries.size()).toEqual({ pending: 2, outbox: 0 });
    });

    it("tells when the next row is due", async () => {
      const backend = await open();
      await endWithWebhook(backend);
      expect(await backend.deliveries.nextDueMs()).toBe(0);
      await backend.deliveries.takeEnded(1, HOUR_MS);
      const ms = await backend.deliveries.nextDueMs();
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(HOUR_MS);
    });
  });

  describe("the webhook of an invocation", () => {
    it("reads back with its secret, also after the end", async () => {
      const { store } = await open();
      const webhook = { url: "https://a.example/", events: [], secret: `whsec_${btoa("a sample secret of 24 by")}` };
      const invocation = sampleInvocation({ webhook });
      await store.create(invocation);
      expect(await store.get("default", invocation.id)).toEqual(invocation);
      await store.cancel("default", invocation.id);
      expect((await store.read(invocation.id))?.submission).toEqual(invocation.submission);
    });
  });
}
