import { newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { eventTypes, type MakeBackend, submit, submitPaused, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

/** Pausing and resuming in every status. */
export function describePausing(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("pause", () => {
    it("pauses a running invocation, whose worker learns of it when it checks in", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const paused = await backend.store.pause("acme", id);
      expect(paused).toMatchObject({ kind: "done", invocation: { id, status: "paused", attempt: 1 } });
      expect(await backend.store.checkIn(id, 1)).toEqual({ kind: "current", cancelRequested: false, paused: true });
      const { events } = await backend.events.read(id, { limit: 10 });
      expect(events.at(-1)).toMatchObject({ type: "invocation.paused", attempt: 1, at: expect.any(String) });
      expect((await backend.store.list({ tenant: "acme", status: "paused", limit: 1 })).items).toHaveLength(1);
    });

    it("changes nothing the second time", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const [first, second] = [await backend.store.pause("acme", id), await backend.store.pause("acme", id)];
      expect(second).toEqual(first);
      expect((await eventTypes(backend, { id })).slice(-2)).toEqual(["attempt.started", "invocation.paused"]);
    });

    it("is illegal for a queued invocation, and after the end", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      const legal = ["start", "cancel", "fail"];
      expect(await backend.store.pause("acme", id)).toEqual({ kind: "illegal", status: "queued", legal });
      await backend.store.cancel("acme", id);
      expect(await backend.store.pause("acme", id)).toEqual({ kind: "illegal", status: "cancelled", legal: [] });
    });

    it("finds neither an unknown invocation nor another tenant's", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      expect(await backend.store.pause("other", id)).toEqual({ kind: "missing" });
      expect(await backend.store.pause("acme", newInvocationId())).toEqual({ kind: "missing" });
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "running" });
    });
  });

  describe("resume", () => {
    it("lets a paused invocation run again", async () => {
      const backend = await open();
      const { id } = await submitPaused(backend);
      const resumed = await backend.store.resume("acme", id);
      expect(resumed).toMatchObject({ kind: "done", invocation: { id, status: "running", attempt: 1 } });
      expect(await backend.store.checkIn(id, 1)).toEqual({ kind: "current", cancelRequested: false, paused: false });
      expect((await eventTypes(backend, { id })).at(-1)).toBe("invocation.resumed");
    });

    it("changes nothing for one that runs", async () => {
      const backend = await open();
      const invocation = await submitRunning(backend);
      expect(await backend.store.resume("acme", invocation.id)).toEqual({ kind: "done", invocation });
      expect(await eventTypes(backend, invocation)).toEqual(["invocation.queued", "attempt.started"]);
    });

    it("is illegal for a queued invocation, and after the end", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      expect(await backend.store.resume("acme", id)).toMatchObject({ kind: "illegal", status: "queued" });
      await backend.store.cancel("acme", id);
      expect(await backend.store.resume("acme", id)).toEqual({ kind: "illegal", status: "cancelled", legal: [] });
      expect(await backend.store.resume("other", id)).toEqual({ kind: "missing" });
    });
  });

  describe("a paused invocation", () => {
    it("stays paused when another worker takes it over", async () => {
      const backend = await open();
      const { id } = await submitPaused(backend);
      const started = await backend.store.start(id, "worker-2");
      expect(started).toMatchObject({ kind: "started", invocation: { status: "paused", attempt: 2 } });
      expect(await backend.store.checkIn(id, 1)).toEqual({ kind: "stale" });
      expect(await backend.store.checkIn(id, 2)).toMatchObject({ paused: true });
    });

    it("can be cancelled: its worker is asked", async () => {
      const backend = await open();
      const { id } = await submitPaused(backend);
      expect(await backend.store.cancel("acme", id)).toMatchObject({ kind: "requested" });
      expect(await backend.store.checkIn(id, 1)).toEqual({ kind: "current", cancelRequested: true, paused: true });
    });

    it("takes the success of an attempt that had ended before the pause took hold, and is resumed for it", async () => {
      const backend = await open();
      const { id } = await submitPaused(backend);
      expect(await backend.store.settle(id, 1, { kind: "final", outcome: succeeded() })).toBe("accepted");
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "succeeded", output: "Hello." });
      const last = ["invocation.paused", "invocation.resumed", "attempt.ended", "invocation.succeeded"];
      expect((await eventTypes(backend, { id })).slice(-4)).toEqual(last);
      expect((await backend.store.list({ tenant: "acme", status: "running", limit: 1 })).items).toEqual([]);
    });

    it.each(["failed", "cancelled", "timed_out", "needs_attention"] as const)("can end as %s", async (status) => {
      const backend = await open();
      const { id } = await submitPaused(backend);
      const outcome = { ...crashed(), status } as ReturnType<typeof crashed>;
      expect(await backend.store.settle(id, 1, { kind: "final", outcome })).toBe("accepted");
      const last = ["invocation.paused", "attempt.ended", `invocation.${status}`];
      expect((await eventTypes(backend, { id })).slice(-3)).toEqual(last);
    });

    it("goes back to the queue when its attempt is handed back, and is paused again when the next one begins", async () => {
      const backend = await open();
      const { id } = await submitPaused(backend);
      expect(await backend.store.settle(id, 1, { kind: "handed_back", outcome: crashed() })).toBe("accepted");
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "queued" });
      expect(await backend.store.start(id, "worker-2")).toMatchObject({ invocation: { status: "paused", attempt: 2 } });
      expect((await eventTypes(backend, { id })).slice(-2)).toEqual(["attempt.started", "invocation.paused"]);
      expect(await backend.store.resume("acme", id)).toMatchObject({ kind: "done" });
      await backend.store.settle(id, 2, { kind: "handed_back", outcome: crashed() });
      expect(await backend.store.start(id, "worker-3")).toMatchObject({ invocation: { status: "running" } });
    });
  });
}
