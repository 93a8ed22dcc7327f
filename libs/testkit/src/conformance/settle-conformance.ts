import { addUsage } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { sampleSpan } from "../samples/span.ts";
import { eventTypes, type MakeBackend, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, SAMPLE_USAGE, succeeded } from "./samples.ts";

/** Ending attempts. */
export function describeSettling(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

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

    it("records the artifacts of the attempt that ends the invocation, and of no other", async () => {
      const backend = await open();
      const { store } = backend;
      const { id } = await submitRunning(backend);
      await store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 });
      expect(await store.get("acme", id)).toMatchObject({ artifacts: [] });
      await store.start(id, "worker-1");
      const artifacts = [{ path: "a/ä.txt", bytes: 3, sha256: "ab".repeat(32) }];
      expect(await store.settle(id, 1, { kind: "final", outcome: crashed(), artifacts: [] })).toBe("stale");
      await store.settle(id, 2, { kind: "final", outcome: crashed(), artifacts });
      expect(await store.get("acme", id)).toMatchObject({ status: "failed", artifacts });
    });

    it.each(["failed", "cancelled", "timed_out", "needs_attention"] as const)("can end it as %s", async (status) => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const outcome = { ...crashed(), status, stopReason: "length" } as ReturnType<typeof crashed>;
      expect(await backend.store.get("acme", id)).toMatchObject({ stopReason: null });
      await backend.store.settle(id, 1, { kind: "final", outcome });
      const { error, stopReason } = outcome;
      expect(await backend.store.get("acme", id)).toMatchObject({ status, output: "Hel", error, stopReason });
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

    it.each(["final", "again", "handed_back"] as const)(
      "writes the spans in place of the journal: %s",
      async (kind) => {
        const backend = await open();
        const { store, events, spans } = backend;
        const { id } = await submitRunning(backend);
        await events.append(id, 1, [], ["start", "end"]);
        const written = [sampleSpan(1, "invoke_agent"), sampleSpan(1, "turn 1")];
        await store.settle(id, 1, { kind, outcome: crashed(), delayMs: 0 }, written);
        expect(await spans.read(id)).toEqual(written);
        expect(await spans.journal(id, 1)).toEqual([]);
      },
    );

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
}
