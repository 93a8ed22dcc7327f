import { newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { sampleSpan } from "../samples/span.ts";
import { type MakeBackend, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

/** What an attempt may still write. */
export function describeFence(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("the fence", () => {
    it("refuses whatever an attempt writes once a newer one has started", async () => {
      const backend = await open();
      const { store, events, spans } = backend;
      const { id } = await submitRunning(backend);
      await store.start(id, "worker-2");
      const log = { type: "log", at: new Date().toISOString(), attempt: 1, level: "info", message: "stale" } as const;
      expect(await events.append(id, 1, [log], ["entry"])).toBe("stale");
      expect(await store.settle(id, 1, { kind: "final", outcome: succeeded() }, [sampleSpan(1, "late")])).toBe("stale");
      expect(await store.checkIn(id, 1)).toEqual({ kind: "stale" });
      expect(await store.get("acme", id)).toMatchObject({ status: "running", attempt: 2, output: null });
      expect([await spans.read(id), await spans.journal(id, 1)]).toEqual([[], []]);
    });

    it.each(["final", "again", "handed_back"] as const)("refuses writes of an attempt that ended %s", async (kind) => {
      const backend = await open();
      const { store, events, spans } = backend;
      const { id } = await submitRunning(backend);
      await store.settle(id, 1, { kind, outcome: crashed(), delayMs: 0 });
      const before = await store.get("acme", id);
      const log = { type: "log", at: new Date().toISOString(), attempt: 1, level: "info", message: "stale" } as const;
      expect(await events.append(id, 1, [log], ["entry"])).toBe("stale");
      expect(await store.settle(id, 1, { kind: "final", outcome: succeeded() }, [sampleSpan(1, "late")])).toBe("stale");
      expect(await store.checkIn(id, 1)).toEqual({ kind: "stale" });
      expect(await store.get("acme", id)).toEqual(before);
      expect([await spans.read(id), await spans.journal(id, 1)]).toEqual([[], []]);
    });

    it("refuses writes for an invocation that is not there", async () => {
      const { store } = await open();
      expect(await store.settle(newInvocationId(), 1, { kind: "final", outcome: succeeded() })).toBe("stale");
    });
  });
}
