import { newInvocationId, resolveLimits } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { eventTypes, type MakeBackend, submit, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

/** Starting attempts. */
export function describeStarts(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("start", () => {
    it("begins attempt 1 of a queued invocation", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      const started = await backend.store.start(id, 'worker "1"');
      const attempt = { number: 1, worker: 'worker "1"', startedAt: expect.any(String), endedAt: null, ended: null };
      expect(started).toMatchObject({
        kind: "started",
        invocation: { id, status: "running", attempt: 1, attempts: [attempt], startedAt: expect.any(String) },
      });
      expect(await eventTypes(backend, { id })).toEqual(["invocation.queued", "attempt.started"]);
    });

    it("knows no attempt of what is missing or has ended", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      await backend.store.cancel("acme", id);
      expect(await backend.store.start(id, "worker-1")).toEqual({ kind: "terminal" });
      expect(await backend.store.start(newInvocationId(), "worker-1")).toEqual({ kind: "missing" });
    });

    it("closes an attempt that still stands as running as lost with its worker, and begins the next", async () => {
      const backend = await open();
      const { id, startedAt } = await submitRunning(backend);
      const started = await backend.store.start(id, "worker-2");
      expect(started).toMatchObject({
        kind: "started",
        invocation: {
          attempt: 2,
          startedAt,
          attempts: [
            { number: 1, ended: "worker_lost", endedAt: expect.any(String) },
            { number: 2, worker: "worker-2", ended: null },
          ],
        },
      });
      expect((await eventTypes(backend, { id })).slice(-2)).toEqual(["attempt.ended", "attempt.started"]);
    });

    it("gives two racing starts two attempts, of which only the newer may write", async () => {
      const backend = await open();
      const { store } = backend;
      const { id } = await submit(backend);
      const races = await Promise.all([store.start(id, "worker-1"), store.start(id, "worker-2")]);
      const attempts = races.map((started) => started.kind === "started" && started.invocation.attempt);
      expect(attempts.toSorted()).toEqual([1, 2]);
      expect(await store.settle(id, 1, { kind: "final", outcome: crashed() })).toBe("stale");
      expect(await store.settle(id, 2, { kind: "final", outcome: succeeded() })).toBe("accepted");
    });

    it("fails an invocation that must not be rerun when its attempt was lost", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend, { recovery: "fail" });
      expect(await backend.store.start(id, "worker-2")).toEqual({ kind: "terminal" });
      const invocation = await backend.store.get("acme", id);
      expect(invocation).toMatchObject({ status: "failed", attempt: 1, error: { code: "worker_lost" } });
      expect((await eventTypes(backend, { id })).slice(-2)).toEqual(["attempt.ended", "invocation.failed"]);
    });

    it("leaves an invocation under which two workers were lost to one that runs nothing else", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend, { limits: resolveLimits({ maxAttempts: 1 }) });
      await backend.store.start(id, "worker-2");
      expect(await backend.store.start(id, "worker-3")).toEqual({ kind: "apart" });
      expect(await backend.store.start(id, "worker-3")).toEqual({ kind: "apart" });
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "queued", attempt: 2 });
      const started = await backend.store.start(id, "worker-3", { apart: true });
      expect(started).toMatchObject({ kind: "started", invocation: { status: "running", attempt: 3 } });
      expect(await backend.store.settle(id, 3, { kind: "final", outcome: succeeded() })).toBe("accepted");
    });

    it("fails an invocation when the worker that ran nothing else is lost as well", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      for (const worker of ["worker-2", "worker-3"]) await backend.store.start(id, worker);
      await backend.store.start(id, "worker-3", { apart: true });
      expect(await backend.store.start(id, "worker-4")).toEqual({ kind: "terminal" });
      const invocation = await backend.store.get("acme", id);
      expect(invocation).toMatchObject({ status: "failed", error: { code: "worker_killed" } });
      expect(invocation?.attempts.map(({ ended }) => ended)).toEqual(["worker_lost", "worker_lost", "worker_lost"]);
    });

    it("does not set an invocation apart for attempts whose workers say that they live", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.vouch(id, 1);
      await backend.store.start(id, "worker-2");
      await backend.store.start(id, "worker-3");
      await backend.store.vouch(id, 2);
      await backend.store.vouch(id, 2);
      expect(await backend.store.start(id, "worker-4")).toMatchObject({ kind: "started", invocation: { attempt: 4 } });
      expect(await backend.store.start(id, "worker-5")).toEqual({ kind: "apart" });
      await backend.store.start(id, "worker-5", { apart: true });
      await backend.store.vouch(id, 5);
      const again = await backend.store.start(id, "worker-6", { apart: true });
      expect(again).toMatchObject({ kind: "started", invocation: { attempt: 6 } });
    });

    it("sets an invocation apart again that was handed back, and keeps it paused", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.start(id, "worker-2");
      await backend.store.pause("acme", id);
      await backend.store.start(id, "worker-3");
      await backend.store.start(id, "worker-3", { apart: true });
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "paused" });
      await backend.store.settle(id, 3, { kind: "handed_back", outcome: crashed() });
      expect(await backend.store.start(id, "worker-4")).toEqual({ kind: "apart" });
      expect(await backend.store.start(id, "worker-4", { apart: true })).toMatchObject({ kind: "started" });
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "paused", attempt: 4 });
    });
  });
}
