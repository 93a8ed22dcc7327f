import { addUsage, newInvocationId, resolveLimits } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { eventTypes, type MakeBackend, submit, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, SAMPLE_USAGE, succeeded } from "./samples.ts";

/** Starting, settling and the fence. */
export function describeAttempts(makeBackend: MakeBackend): void {
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

    it("fails an invocation whose last allowed attempt was lost", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend, { limits: resolveLimits({ maxAttempts: 1 }) });
      expect(await backend.store.start(id, "worker-2")).toEqual({ kind: "terminal" });
      const invocation = await backend.store.get("acme", id);
      expect(invocation).toMatchObject({ status: "failed", attempt: 1, error: { code: "worker_lost" } });
      expect((await eventTypes(backend, { id })).slice(-2)).toEqual(["attempt.ended", "invocation.failed"]);
    });

    it("fails an invocation that must not be rerun, however many attempts it has left", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend, { recovery: "fail" });
      expect(await backend.store.start(id, "worker-2")).toEqual({ kind: "terminal" });
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "failed" });
    });

    it("does not count attempts that were handed back", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend, { limits: resolveLimits({ maxAttempts: 2 }) });
      await backend.store.settle(id, 1, { kind: "handed_back", outcome: crashed() });
      await backend.store.start(id, "worker-2");
      expect(await backend.store.start(id, "worker-3")).toMatchObject({ kind: "started", invocation: { attempt: 3 } });
      expect(await backend.store.start(id, "worker-4")).toEqual({ kind: "terminal" });
    });
  });

  describe("settle", () => {
    it("ends the invocation with a final outcome, the terminal event last", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      expect(await backend.store.settle(id, 1, { kind: "final", outcome: succeeded("Grüße") })).toBe("accepted");
      expect(await backend.store.get("acme", id)).toMatchObject({
        status: "succeeded",
        output: "Grüße",
        messages: succeeded("Grüße").messages,
        error: null,
        usage: SAMPLE_USAGE,
        endedAt: expect.any(String),
        attempts: [{ ended: "succeeded", endedAt: expect.any(String) }],
      });
      const { events } = await backend.events.read(id, { limit: 10 });
      expect(events.slice(-2)).toMatchObject([
        { type: "attempt.ended", attempt: 1, ended: "succeeded", error: null },
        { type: "invocation.succeeded", attempt: 1, error: null, usage: SAMPLE_USAGE },
      ]);
    });

    it.each(["failed", "cancelled", "timed_out", "needs_attention"] as const)("can end it as %s", async (status) => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const outcome = { ...crashed(), status } as ReturnType<typeof crashed>;
      await backend.store.settle(id, 1, { kind: "final", outcome });
      expect(await backend.store.get("acme", id)).toMatchObject({ status, output: "Hel", error: outcome.error });
      expect((await eventTypes(backend, { id })).at(-1)).toBe(`invocation.${status}`);
    });

    it("queues it again for another attempt, and adds the usage of all attempts", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const settlement = { kind: "again", outcome: crashed(), delayMs: 250 } as const;
      expect(await backend.store.settle(id, 1, settlement)).toBe("accepted");
      expect(await backend.store.get("acme", id)).toMatchObject({ status: "queued", error: null, endedAt: null });
      const { events } = await backend.events.read(id, { limit: 10 });
      expect(events.slice(-2)).toMatchObject([
        { type: "attempt.ended", ended: "runner_crashed", error: { code: "runner_crashed" } },
        { type: "retry.scheduled", scope: "attempt", delayMs: 250, reason: "runner_crashed" },
      ]);
      await backend.store.start(id, "worker-1");
      await backend.store.settle(id, 2, { kind: "final", outcome: succeeded() });
      expect(await backend.store.get("acme", id)).toMatchObject({ usage: addUsage(SAMPLE_USAGE, SAMPLE_USAGE) });
    });

    it("queues it again when the worker hands it back", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.settle(id, 1, { kind: "handed_back", outcome: crashed() });
      expect(await backend.store.get("acme", id)).toMatchObject({
        status: "queued",
        attempts: [{ ended: "handed_back" }],
      });
      expect((await eventTypes(backend, { id })).at(-1)).toBe("attempt.ended");
    });

    it.each(["again", "handed_back"] as const)("lets a cancel that was asked for win over %s", async (kind) => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.cancel("acme", id);
      await backend.store.settle(id, 1, { kind, outcome: crashed(), delayMs: 0 });
      expect(await backend.store.get("acme", id)).toMatchObject({
        status: "cancelled",
        output: "Hel",
        error: { code: "cancelled" },
        usage: SAMPLE_USAGE,
      });
      expect((await eventTypes(backend, { id })).slice(-2)).toEqual(["attempt.ended", "invocation.cancelled"]);
    });
  });

  describe("the fence", () => {
    it("refuses whatever an attempt writes once a newer one has started", async () => {
      const backend = await open();
      const { store, events, spans } = backend;
      const { id } = await submitRunning(backend);
      await store.start(id, "worker-2");
      const log = { type: "log", at: new Date().toISOString(), attempt: 1, level: "info", message: "stale" } as const;
      expect(await events.append(id, 1, [log])).toBe("stale");
      expect(await spans.append(id, 1, [])).toBe("stale");
      expect(await store.recordExport(id, 1, { status: "ok" })).toBe("stale");
      expect(await store.settle(id, 1, { kind: "final", outcome: succeeded() })).toBe("stale");
      expect(await store.checkIn(id, 1)).toEqual({ kind: "stale" });
      expect(await store.get("acme", id)).toMatchObject({ status: "running", attempt: 2, output: null });
    });

    it.each(["final", "again", "handed_back"] as const)("refuses writes of an attempt that ended %s", async (kind) => {
      const backend = await open();
      const { store, events } = backend;
      const { id } = await submitRunning(backend);
      await store.settle(id, 1, { kind, outcome: crashed(), delayMs: 0 });
      const before = await store.get("acme", id);
      const log = { type: "log", at: new Date().toISOString(), attempt: 1, level: "info", message: "stale" } as const;
      expect(await events.append(id, 1, [log])).toBe("stale");
      expect(await store.settle(id, 1, { kind: "final", outcome: succeeded() })).toBe("stale");
      expect(await store.checkIn(id, 1)).toEqual({ kind: "stale" });
      expect(await store.get("acme", id)).toEqual(before);
    });

    it("refuses writes for an invocation that is not there", async () => {
      const { store } = await open();
      expect(await store.settle(newInvocationId(), 1, { kind: "final", outcome: succeeded() })).toBe("stale");
      expect(await store.recordExport(newInvocationId(), 1, { status: "ok" })).toBe("stale");
    });

    it("takes the result of the span export after the end", async () => {
      const backend = await open();
      const { store } = backend;
      const { id } = await submitRunning(backend);
      await store.settle(id, 1, { kind: "final", outcome: succeeded() });
      expect(await store.recordExport(id, 1, { status: "partial", reason: "2 refused" })).toBe("accepted");
      expect(await store.get("acme", id)).toMatchObject({
        trace: { export: { status: "partial", reason: "2 refused" } },
      });
    });
  });
}
