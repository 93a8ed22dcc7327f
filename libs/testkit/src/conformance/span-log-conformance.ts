import { newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { sampleSpan } from "../samples/span.ts";
import { type MakeBackend, newInvocation, submitLost, submitRunning, useBackends } from "./make-backend.ts";
import { crashed, succeeded } from "./samples.ts";

/** What every `SpanLog` keeps to. */
export function describeSpanLogConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the span log ${name}`, () => {
    it("keeps spans as they were given, in order: those of the submission, then those of all attempts", async () => {
      const { store, spans } = await open();
      const { id } = newInvocation();
      const [submitted, first, second] = [
        [sampleSpan(0, "POST /v1/invocations"), sampleSpan(0, "send invocations")],
        [sampleSpan(1, "turn 1"), sampleSpan(1, "chat scripted")],
        [sampleSpan(2, "turn 1 ä")],
      ];
      await store.create(newInvocation({ id }), { spans: submitted });
      await store.start(id, "worker-1");
      await store.settle(id, 1, { kind: "again", outcome: crashed(), delayMs: 0 }, first);
      await store.start(id, "worker-2");
      await store.settle(id, 2, { kind: "final", outcome: succeeded() }, second);
      expect(await spans.read(id)).toEqual([...submitted, ...first, ...second]);
    });

    it("has no spans of an unknown invocation", async () => {
      const { spans } = await open();
      expect(await spans.read(newInvocationId())).toEqual([]);
    });
  });

  describe(`an attempt that was lost, ${name}`, () => {
    it("keeps its journal until its spans are written, which happens once", async () => {
      const backend = await open();
      const { spans } = backend;
      const { id } = await submitLost(backend, ["start", "end"]);
      expect(await spans.journal(id, 1)).toEqual(["start", "end"]);
      const made = [sampleSpan(1, "invoke_agent")];
      expect(await spans.finish(id, 1, made)).toBe("accepted");
      expect(await spans.finish(id, 1, made)).toBe("stale");
      expect(await spans.read(id)).toEqual(made);
      expect(await spans.journal(id, 1)).toEqual([]);
    });

    it("is finished once when many do it at the same moment", async () => {
      const backend = await open();
      const { id } = await submitLost(backend);
      const made = [sampleSpan(1, "invoke_agent")];
      const results = await Promise.all([1, 2, 3].map(() => backend.spans.finish(id, 1, made)));
      expect(results.toSorted()).toEqual(["accepted", "stale", "stale"]);
      expect(await backend.spans.read(id)).toEqual(made);
    });

    it("can be finished after the end, and without spans", async () => {
      const backend = await open();
      const { id } = await submitLost(backend, ["torn"]);
      await backend.store.settle(id, 2, { kind: "final", outcome: succeeded() }, [sampleSpan(2, "turn 1")]);
      expect(await backend.spans.finish(id, 1, [])).toBe("accepted");
      expect(await backend.spans.journal(id, 1)).toEqual([]);
      expect(await backend.spans.read(id)).toEqual([sampleSpan(2, "turn 1")]);
    });

    it("stands for that of an invocation too that ended before its first attempt", async () => {
      const backend = await open();
      const { store, spans } = backend;
      const invocation = newInvocation();
      await store.create(invocation);
      expect(await spans.finish(invocation.id, 0, [sampleSpan(0, "too early")])).toBe("stale");
      await store.cancel(invocation.tenant, invocation.id);
      expect(await spans.finish(invocation.id, 0, [sampleSpan(0, "invoke_agent")])).toBe("accepted");
      expect(await spans.finish(invocation.id, 0, [sampleSpan(0, "again")])).toBe("stale");
      expect(await spans.read(invocation.id)).toEqual([sampleSpan(0, "invoke_agent")]);
    });

    it("is the only one that can be finished", async () => {
      const backend = await open();
      const { store, spans } = backend;
      const { id } = await submitRunning(backend);
      expect(await spans.finish(id, 1, [sampleSpan(1, "running")])).toBe("stale");
      await store.settle(id, 1, { kind: "final", outcome: succeeded() });
      expect(await spans.finish(id, 1, [sampleSpan(1, "settled")])).toBe("stale");
      expect(await spans.finish(newInvocationId(), 1, [sampleSpan(1, "unknown")])).toBe("stale");
      expect(await spans.read(id)).toEqual([]);
    });
  });
}
