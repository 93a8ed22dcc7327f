import { type AttemptExport, type Invocation, newInvocationId } from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { type MakeBackend, newInvocation, submit, submitLost, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

const HOUR_MS = 3_600_000;
const OK: AttemptExport = { deployment: { status: "ok" } };
const DOWN: AttemptExport = {
  deployment: { status: "ok" },
  invocation: { status: "spooled", reason: "503", again: true, sent: 2 },
};
const NEVER = { kind: "never" } as const;
const TRACE = { endpoint: "https://collector.example/v1/traces", headers: { authorization: "Bearer t-1" } };

/** What becomes of what is owed, and of the record. */
export function describeSpoolRecords(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("a result", () => {
    it("takes an attempt out, keeps it for a later try, or sets it apart", async () => {
      const backend = await open();
      const { spool } = backend;
      const { id } = await submitLost(backend);
      const owed = { id, attempt: 1 };
      await spool.record(owed, DOWN, { kind: "quarantine", delayMs: HOUR_MS });
      expect(await spool.size()).toEqual({ spooled: 0, quarantined: 1 });
      expect(await spool.take(1, HOUR_MS)).toEqual([]);
      await spool.record(owed, DOWN, { kind: "spool", delayMs: HOUR_MS });
      expect(await spool.size()).toEqual({ spooled: 1, quarantined: 0 });
      expect(await spool.take(1, HOUR_MS)).toEqual([]);
      await spool.record(owed, DOWN, { kind: "spool", delayMs: 0 });
      expect(await spool.take(1, HOUR_MS)).toEqual([owed]);
      await spool.record(owed, OK, NEVER);
      expect(await spool.size()).toEqual({ spooled: 0, quarantined: 0 });
    });

    it("shows in the record, by attempt, and in what clients see of all of them", async () => {
      const backend = await open();
      const { store, spool } = backend;
      const { id } = await submitLost(backend);
      expect(await store.get("acme", id)).toMatchObject({ exports: {}, trace: { export: { status: "pending" } } });
      await store.settle(id, 2, { kind: "final", outcome: succeeded() });
      await spool.record({ id, attempt: 2 }, OK, NEVER);
      expect(await store.get("acme", id)).toMatchObject({
        exports: { 2: OK },
        trace: { export: { status: "pending" } },
      });
      await spool.record({ id, attempt: 1 }, DOWN, { kind: "spool", delayMs: 0 });
      const shown = { status: "spooled", reason: "trace.endpoint: 503" };
      expect(await store.get("acme", id)).toMatchObject({ exports: { 1: DOWN, 2: OK }, trace: { export: shown } });
      await spool.record({ id, attempt: 1 }, OK, NEVER);
      const { items } = await store.list({ tenant: "acme", limit: 1 });
      expect(items).toMatchObject([{ trace: { export: { status: "ok" } } }]);
    });

    it("of attempt 0 is the whole invocation's", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      await backend.store.cancel("acme", id);
      await backend.spool.record({ id, attempt: 0 }, {}, NEVER);
      expect(await backend.store.get("acme", id)).toMatchObject({
        exports: { 0: {} },
        trace: { export: { status: "off" } },
      });
    });

    it("is told to those who watch the invocation", async () => {
      const backend = await open();
      const { id } = await submitLost(backend);
      const watcher = vi.fn();
      await backend.changes.watch(id, watcher);
      await backend.spool.record({ id, attempt: 1 }, OK, NEVER);
      await vi.waitFor(() => expect(watcher).toHaveBeenCalledTimes(1));
    });

    it.each([NEVER, { kind: "spool", delayMs: 0 } as const])(
      "does not bring back what has expired: $kind",
      async (next) => {
        const backend = await open(1);
        const { store, spool } = backend;
        const { id } = await submit(backend);
        await store.cancel("acme", id);
        await vi.waitFor(async () => expect(await store.read(id)).toBeNull());
        await store.expire();
        expect(await spool.take(1, 0)).toEqual([{ id, attempt: 0 }]);
        await spool.record({ id, attempt: 0 }, OK, next);
        expect(await store.read(id)).toBeNull();
        expect(await spool.size()).toEqual({ spooled: 0, quarantined: 0 });
      },
    );

    it("of an unknown invocation is dropped", async () => {
      const { store, spool } = await open();
      const id = newInvocationId();
      await spool.record({ id, attempt: 1 }, OK, { kind: "spool", delayMs: 0 });
      expect([await store.read(id), await spool.size()]).toEqual([null, { spooled: 0, quarantined: 0 }]);
    });
  });

  describe("the headers of the invocation's own collector", () => {
    const withHeaders = (): Partial<Invocation> => ({ submission: { ...newInvocation().submission, trace: TRACE } });
    const without = { endpoint: TRACE.endpoint };

    it("are kept while any attempt is owed, and are gone afterwards", async () => {
      const backend = await open();
      const { store, spool } = backend;
      const { id } = await submitRunning(backend, withHeaders());
      const trace = async () => (await store.get("acme", id))?.submission.trace;
      await store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 });
      await spool.record({ id, attempt: 1 }, OK, NEVER);
      expect(await trace()).toEqual(TRACE);
      const started = await store.start(id, "worker-2");
      expect(started).toMatchObject({ invocation: { submission: { trace: TRACE } } });
      await store.start(id, "worker-3");
      await store.settle(id, 3, { kind: "final", outcome: succeeded() });
      await spool.record({ id, attempt: 3 }, OK, NEVER);
      expect(await trace()).toEqual(TRACE);
      await spool.record({ id, attempt: 2 }, DOWN, { kind: "quarantine", delayMs: 0 });
      expect(await trace()).toEqual(TRACE);
      await spool.record({ id, attempt: 2 }, OK, NEVER);
      expect(await trace()).toEqual(without);
    });

    it("go with the end when nothing is owed then", async () => {
      const backend = await open();
      const { store, spool } = backend;
      const { id } = await submitRunning(backend, withHeaders());
      await store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 });
      await spool.record({ id, attempt: 1 }, OK, NEVER);
      await store.cancel("acme", id);
      expect((await store.get("acme", id))?.submission.trace).toEqual(without);
    });

    it("stay when the invocation ends before its first attempt, until that is sent", async () => {
      const backend = await open();
      const { id } = await submit(backend, withHeaders());
      await backend.store.cancel("acme", id);
      expect((await backend.store.get("acme", id))?.submission.trace).toEqual(TRACE);
      await backend.spool.record({ id, attempt: 0 }, OK, NEVER);
      expect((await backend.store.get("acme", id))?.submission.trace).toEqual(without);
    });
  });
}
