import type { Span } from "@pifleet/invocation";
import { startTraceSink } from "@pifleet/testkit/trace-sink";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createExporter } from "./exporter.ts";
import { newSpanId, newTraceId } from "./ids.ts";

const sink = await startTraceSink();
afterAll(() => sink.close());

const destination = {
  endpoint: `${sink.endpoint}/v1/traces`,
  headers: { authorization: "Bearer collector-credential" },
  serviceName: "pi-fleet",
  serviceVersion: "1.2.3",
};

let span: Span;
beforeEach(() => {
  span = {
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
  };
});

describe("the export of spans", () => {
  it("brings every field of a span to the collector", async () => {
    expect(await createExporter(destination)([span])).toEqual({ status: "ok" });
    const [received] = await sink.batchOf(span.traceId);
    expect(received).toMatchObject({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      name: "chat model",
      kind: "SPAN_KIND_CLIENT",
      startTimeUnixNano: 1_760_000_000_000_125_000n,
      endTimeUnixNano: 1_760_000_000_250_500_000n,
      attributes: span.attributes,
      events: [{ name: "retry", attributes: { reason: "429" } }],
      status: { code: "STATUS_CODE_ERROR", message: "went wrong" },
      resource: { "service.name": "pi-fleet", "service.version": "1.2.3" },
    });
  });

  it("sends its headers, compressed protobuf, and the batch in its order", async () => {
    const child = { ...span, spanId: newSpanId(), parentSpanId: span.spanId, name: "child" };
    await createExporter(destination)([span, child]);
    const batch = await sink.batchOf(span.traceId);
    expect(batch.map(({ name }) => name)).toEqual(["chat model", "child"]);
    expect(sink.requests.at(-1)).toMatchObject({
      authorization: "Bearer collector-credential",
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
    });
  });

  it("tries again when the collector says that this may help, as soon as it says", async () => {
    sink.reply({ kind: "status", status: 503, headers: { "retry-after": "0" } });
    expect(await createExporter(destination)([span])).toEqual({ status: "ok" });
    expect(await sink.batchOf(span.traceId)).toHaveLength(1);
  });

  it("says how many spans a collector refused", async () => {
    sink.reply({ kind: "partial", rejected: 1, message: "too old" });
    const result = await createExporter(destination)([span]);
    expect(result).toEqual({ status: "partial", reason: "1 span was refused: too old", rejectedSpans: 1 });
  });

  it("gives up on a refusal at once, and never repeats the credential", async () => {
    sink.reply({ kind: "status", status: 401 });
    const result = await createExporter(destination)([span]);
    expect(result).toMatchObject({ status: "failed", reason: expect.stringContaining("answered 401") });
    expect(JSON.stringify(result)).not.toContain("collector-credential");
  });

  it.each([{ kind: "hang" as const }, { kind: "drip" as const, everyMs: 10 }])(
    "gives up after its deadline on a collector that does not end its answer: $kind",
    async (reply) => {
      sink.reply(reply);
      const result = await createExporter({ ...destination, deadlineMs: 100 })([span]);
      expect(result).toMatchObject({ status: "failed", reason: expect.stringContaining("did not answer in time") });
    },
  );

  it("fails without an error when nobody listens", async () => {
    const gone = await startTraceSink();
    await gone.close();
    const result = await createExporter({ ...destination, endpoint: `${gone.endpoint}/v1/traces`, deadlineMs: 300 })([
      span,
    ]);
    expect(result).toMatchObject({ status: "failed", reason: expect.stringContaining("ECONNREFUSED") });
  });

  it("is off without a destination", async () => {
    expect(await createExporter(undefined)([span])).toEqual({ status: "off" });
  });
});
