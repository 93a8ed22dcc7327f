import { newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { type MakeBackend, submitRunning, useBackends } from "./make-backend.ts";
import { sampleSpan, succeeded } from "./samples.ts";

/** What every `SpanLog` keeps to. */
export function describeSpanLogConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the span log ${name}`, () => {
    it("keeps spans as they were given, in order, over all attempts", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      const spans = [sampleSpan(1, "turn 1"), sampleSpan(1, "chat scripted"), sampleSpan(2, "turn 1")];
      await backend.spans.append(id, 1, spans.slice(0, 1));
      await backend.spans.append(id, 1, spans.slice(1, 2));
      await backend.store.start(id, "worker-2");
      await backend.spans.append(id, 2, spans.slice(2));
      expect(await backend.spans.read(id)).toEqual(spans);
    });

    it("takes spans after the end, and refuses those of an older attempt", async () => {
      const backend = await open();
      const { id } = await submitRunning(backend);
      await backend.store.start(id, "worker-2");
      await backend.store.settle(id, 2, { kind: "final", outcome: succeeded() });
      expect(await backend.spans.append(id, 1, [sampleSpan(1, "turn 1")])).toBe("stale");
      expect(await backend.spans.append(id, 2, [sampleSpan(2, "turn 1")])).toBe("accepted");
      expect(await backend.spans.read(id)).toEqual([sampleSpan(2, "turn 1")]);
    });

    it("has no spans of an unknown invocation", async () => {
      const { spans } = await open();
      expect(await spans.read(newInvocationId())).toEqual([]);
    });
  });
}
