import type { Span } from "@pifleet/invocation";
import { startTraceSink, type TraceSinkOptions } from "@pifleet/testkit/trace-sink";
import { onTestFinished } from "vitest";
import type { TraceDestination } from "../exporter.ts";
import { newSpanId, newTraceId } from "../ids.ts";

/** A span of a trace of its own that has something in every field. */
export function sampleSpan(): Span {
  return {
    traceId: newTraceId(),
    spanId: newSpanId(),
    parentSpanId: newSpanId(),
    name: "chat model",
    kind: "client",
    attempt: 1,
    startMs: 1_760_000_000_000.125,
    endMs: 1_760_000_000_250.5,
    status: { code: "error", message: "went wrong" },
    attributes: { text: "a", count: 3, share: 0.5, flag: true, list: ["x", "y"] },
    events: [{ name: "retry", atMs: 1_760_000_000_100, attributes: { reason: "429" } }],
    links: [{ traceId: newTraceId(), spanId: newSpanId(), attributes: { why: "queue" } }],
  };
}

/** Spans of one trace, in their order. */
export function sampleSpans(count: number, attributes: Span["attributes"] = {}): Span[] {
  const { traceId } = sampleSpan();
  return Array.from({ length: count }, (_, i) => ({ ...sampleSpan(), traceId, name: `span ${i}`, attributes }));
}

/** A sink of the test's own, closed when the test is over, and how it is sent to. */
export async function collector(options: TraceSinkOptions = {}) {
  const sink = await startTraceSink(options);
  onTestFinished(() => sink.close());
  const destination: TraceDestination = {
    endpoint: `${sink.endpoint}/v1/traces`,
    headers: { authorization: "Bearer collector-credential" },
    serviceName: "pi-fleet",
    serviceVersion: "1.2.3",
  };
  return { sink, destination };
}
