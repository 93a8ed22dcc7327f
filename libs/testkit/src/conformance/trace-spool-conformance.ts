import type { Backend, OwedSpans } from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { type MakeBackend, submit, submitLost, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";
import { describeSpoolRecords } from "./spool-record-conformance.ts";

const HOUR_MS = 3_600_000;

/** What every `TraceSpool` keeps to. */
export function describeTraceSpoolConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the trace spool ${name}`, () => {
    it("owes nothing of an invocation that waits or runs", async () => {
      const backend = await open();
      await submit(backend);
      await submitRunning(backend);
      expect(await backend.spool.size()).toEqual({ spooled: 0, quarantined: 0 });
    });

    it.each(["final", "again", "handed_back"] as const)(
      "leaves an attempt that ended %s to who settled it",
      async (kind) => {
        const backend = await open();
        const { id } = await submitRunning(backend);
        await backend.store.settle(id, 1, { kind, outcome: crashed(), delayMs: 0 });
        expect(await backend.spool.size()).toEqual({ spooled: 1, quarantined: 0 });
        expect(await backend.spool.take(10, HOUR_MS)).toEqual([]);
      },
    );

    it("owes nothing for a settlement that was refused", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      expect(await backend.store.settle(id, 2, { kind: "final", outcome: succeeded() })).toBe("stale");
      expect(await backend.spool.size()).toEqual({ spooled: 0, quarantined: 0 });
    });

    it("hands out an attempt that was lost at once", async () => {
      const backend = await open();
      const { id } = await submitLost(backend);
      expect(await backend.spool.take(10, HOUR_MS)).toEqual([{ id, attempt: 1 }]);
    });

    it("hands out an attempt that was lost together with the invocation", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend, { recovery: "fail" });
      await backend.store.start(id, "worker-2");
      expect(await backend.spool.take(10, HOUR_MS)).toEqual([{ id, attempt: 1 }]);
      expect(await backend.spans.finish(id, 1, [])).toBe("accepted");
    });

    it("hands out attempt 0 of an invocation that ended before its first attempt", async () => {
      const backend = await open();
      const { id } = await submit(backend);
      await backend.store.cancel("acme", id);
      await backend.store.cancel("acme", id);
      expect(await backend.spool.take(10, HOUR_MS)).toEqual([{ id, attempt: 0 }]);
    });

    it("owes no attempt 0 of one that is cancelled between two attempts", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 });
      await backend.store.cancel("acme", id);
      expect(await backend.spool.size()).toEqual({ spooled: 1, quarantined: 0 });
      expect(await backend.spool.take(10, HOUR_MS)).toEqual([]);
    });

    it("hands each attempt to one taker, as many as are asked for", async () => {
      const backend = await open();
      const owed = await Promise.all([1, 2, 3, 4, 5].map(() => cancelled(backend)));
      const taken = await Promise.all([1, 2, 3].map(() => backend.spool.take(2, HOUR_MS)));
      expect(taken.map(({ length }) => length).toSorted()).toEqual([1, 2, 2]);
      expect(byId(taken.flat())).toEqual(byId(owed));
      expect(await backend.spool.size()).toEqual({ spooled: 5, quarantined: 0 });
    });

    it("hands out the longest due first, whether it was refused before or not", async () => {
      const backend = await open();
      const { spool } = backend;
      const first = await cancelled(backend);
      await spool.record(first, {}, { kind: "quarantine", delayMs: -2_000 });
      const second = await cancelled(backend);
      await spool.record(second, {}, { kind: "spool", delayMs: -1_000 });
      const third = await cancelled(backend);
      await spool.record(third, {}, { kind: "quarantine", delayMs: 0 });
      expect(await spool.take(2, HOUR_MS)).toEqual([first, second]);
      expect(await spool.take(2, HOUR_MS)).toEqual([third]);
      expect(await spool.size()).toEqual({ spooled: 1, quarantined: 2 });
    });

    it("hands out an attempt again when the lease of its taker is over", async () => {
      const backend = await open();
      const owed = await cancelled(backend);
      expect(await backend.spool.take(1, 1)).toEqual([owed]);
      await vi.waitFor(async () => expect(await backend.spool.take(1, HOUR_MS)).toEqual([owed]));
      expect(await backend.spool.take(1, HOUR_MS)).toEqual([]);
    });

    describeSpoolRecords(makeBackend);
  });
}

/** An invocation that ended before its first attempt. */
async function cancelled(backend: Backend): Promise<OwedSpans> {
  const { id } = await submit(backend);
  await backend.store.cancel("acme", id);
  return { id, attempt: 0 };
}

function byId(owed: readonly OwedSpans[]): OwedSpans[] {
  return owed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
