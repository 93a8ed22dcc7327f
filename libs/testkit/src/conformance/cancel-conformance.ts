import { newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { eventTypes, type MakeBackend, submit, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

const ACTOR = { key: "key_1", name: "Nightly büild" };

/** Cancelling in every status. */
export function describeCancelling(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("cancel", () => {
    it("ends a queued invocation at once", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      const result = await backend.store.cancel("acme", id);
      expect(result).toMatchObject({
        kind: "cancelled",
        invocation: { status: "cancelled", endedAt: expect.any(String), error: { code: "cancelled" } },
      });
      expect(await eventTypes(backend, { id })).toEqual(["invocation.queued", "invocation.cancelled"]);
    });

    it("asks the worker of a running one, which learns of it when it checks in", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      expect(await backend.store.checkIn(id, 1)).toEqual({ kind: "current", cancelRequested: false, paused: false });
      const asked = await backend.store.cancel("acme", id);
      expect(asked).toMatchObject({ kind: "requested", invocation: { status: "running" } });
      expect(await backend.store.checkIn(id, 1)).toEqual({ kind: "current", cancelRequested: true, paused: false });
    });

    it("keeps the time, the reason and the name of the first request", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const first = await backend.store.cancel("acme", id, { by: ACTOR, reason: "ä" });
      expect(first).toMatchObject({
        invocation: { cancellation: { at: expect.any(String), by: ACTOR, reason: "ä" } },
      });
      expect(await backend.store.cancel("acme", id, { by: { key: "key_2", name: null }, reason: null })).toEqual(first);
    });

    it("ends one that waits for another attempt", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 60_000 });
      expect(await backend.store.cancel("acme", id)).toMatchObject({ kind: "cancelled" });
      expect(await backend.store.start(id, "worker-1")).toEqual({ kind: "terminal" });
    });

    it("is honoured by the next start when the worker was lost before it could", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.cancel("acme", id);
      expect(await backend.store.start(id, "worker-2")).toEqual({ kind: "terminal" });
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "cancelled", attempt: 1 });
      expect((await eventTypes(backend, { id })).slice(-2)).toEqual(["attempt.ended", "invocation.cancelled"]);
    });

    it("changes nothing the second time", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      const [first, second] = [await backend.store.cancel("acme", id), await backend.store.cancel("acme", id)];
      expect(second).toEqual(first);
      expect(await eventTypes(backend, { id })).toHaveLength(2);
    });

    it("is illegal after any other end", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.settle(id, 1, { kind: "final", outcome: succeeded() });
      expect(await backend.store.cancel("acme", id)).toEqual({ kind: "illegal", status: "succeeded", legal: [] });
    });

    it("finds neither an unknown invocation nor another tenant's", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      expect(await backend.store.cancel("other", id)).toEqual({ kind: "missing" });
      expect(await backend.store.cancel("acme", newInvocationId())).toEqual({ kind: "missing" });
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "queued" });
    });
  });
}
