import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { expect, it } from "vitest";
import { spanBytes } from "./message-size.ts";
import { readableSpan } from "./readable-span.ts";
import { SpanRecorder } from "./span-recorder.ts";
import { RUN, SUCCESS } from "./testing/sample-run.ts";

it("the size of a span is told as what it takes in a message at least, and not much more than that", () => {
  const invocation = sampleInvocation({ input: "ä😀\u0000 ".repeat(1_000) }, { attempt: 1 });
  const content = { maxBytes: 64_000 };
  const recorder = new SpanRecorder(invocation, "wrk_1", 1_000, { queue: "invocations", content });
  for (const record of RUN) recorder.observe(record);
  for (let i = 0; i < 20; i += 1) recorder.event("retry", i, { list: ["a", "b"], counts: [i, 2 ** 40], flag: true });
  for (const span of recorder.end(SUCCESS, 1_300)) {
    const message = ProtobufTraceSerializer.serializeRequest([readableSpan(span, resourceFromAttributes({}))]);
    const bytes = message?.length ?? 0;
    expect(spanBytes(span)).toBeGreaterThanOrEqual(bytes);
    expect(spanBytes(span)).toBeLessThan(bytes * 2);
  }
});
