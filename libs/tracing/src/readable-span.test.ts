import { resourceFromAttributes } from "@opentelemetry/resources";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { expect, it } from "vitest";
import { readableSpan } from "./readable-span.ts";
import { SpanRecorder } from "./span-recorder.ts";
import { RUN, SUCCESS, TRACEPARENT } from "./testing/sample-run.ts";

const RESOURCE = resourceFromAttributes({});

it("a parent and a link in another process are marked as such, a parent beside it is not", () => {
  const invocation = sampleInvocation({}, { attempt: 1, carrier: { traceparent: TRACEPARENT } });
  const recorder = new SpanRecorder(invocation, "wrk_1", 1_000, { queue: "invocations" });
  for (const record of RUN) recorder.observe(record);
  const [consumer, ...rest] = recorder.end(SUCCESS, 1_300).map((span) => readableSpan(span, RESOURCE));
  expect(consumer?.parentSpanContext?.isRemote).toBe(true);
  expect(consumer?.links.map(({ context }) => context.isRemote)).toEqual([true]);
  expect(rest.map(({ parentSpanContext }) => parentSpanContext?.isRemote)).toEqual(rest.map(() => false));
});
