import { describe, expect, it } from "vitest";
import { toAudienceExport } from "./export-result.ts";
import { createSender } from "./exporter.ts";
import { collector, sampleSpans } from "./testing/collector.ts";

describe("an export in messages", () => {
  it("is one message as long as a collector takes it", async () => {
    const { sink, destination } = await collector();
    expect(await createSender(destination)(sampleSpans(1_000))).toEqual({ kind: "ok", sent: 1_000 });
    expect(sink.batches).toHaveLength(1);
  });

  it("is as many messages as are needed for each to stay below 4 MB, in the order of the spans", async () => {
    const { sink, destination } = await collector();
    const spans = sampleSpans(100, { text: "x".repeat(100_000) });
    expect(await createSender(destination)(spans)).toEqual({ kind: "ok", sent: 100 });
    expect(sink.log.every(({ bytes }) => bytes < 4_000_000)).toBe(true);
    expect(sink.batches.length).toBeLessThanOrEqual(4);
    expect(sink.spansOf(spans[0]?.traceId ?? "").map(({ name }) => name)).toEqual(spans.map(({ name }) => name));
  });

  it("is split where the collector takes less, and loses only a span that is too large by itself", async () => {
    const { sink, destination } = await collector({ maxBytes: 5_000 });
    const spans = sampleSpans(20, { text: "x".repeat(800) });
    const [huge] = sampleSpans(1, { text: "x".repeat(6_000) });
    if (huge) spans.splice(7, 0, { ...huge, traceId: spans[0]?.traceId ?? "", name: "huge" });
    const result = await createSender(destination)(spans);
    expect(result).toEqual({ kind: "partial", sent: 20, rejected: 1, reason: expect.stringMatching(/ answered 413$/) });
    const arrived = sink.spansOf(spans[0]?.traceId ?? "").map(({ name }) => name);
    expect(arrived).toEqual(spans.map(({ name }) => name).filter((name) => name !== "huge"));
  });

  it("is refused when not one span was taken", async () => {
    const { destination } = await collector({ maxBytes: 10 });
    const spans = sampleSpans(3);
    const result = await createSender(destination)(spans);
    const reason = expect.stringMatching(/ answered 413$/);
    expect(result).toEqual({ kind: "refused", rejected: 3, reason, mayPass: false });
    expect(toAudienceExport(result, spans)).toEqual({ status: "failed", reason });
  });

  it("goes on behind a message that was refused", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "status", status: 400 });
    const spans = sampleSpans(50, { text: "x".repeat(100_000) });
    const result = await createSender(destination)(spans);
    expect(result).toMatchObject({ kind: "partial", reason: expect.stringMatching(/ answered 400$/) });
    expect(result).toMatchObject({ sent: sink.spansOf(spans[0]?.traceId ?? "").length });
  });

  it("says which spans there was no time for, and those are all that were not taken", async () => {
    const { sink, destination } = await collector();
    sink.reply({ kind: "ok" });
    sink.replyAlways({ kind: "status", status: 503, headers: { "retry-after": "3600" } });
    const spans = sampleSpans(50, { text: "x".repeat(100_000) });
    const result = await createSender({ ...destination, deadlineMs: 600_000 })(spans);
    const taken = sink.spansOf(spans[0]?.traceId ?? "").length;
    expect(taken).toBeGreaterThan(0);
    expect(result).toEqual({
      ...{ kind: "unsent", sent: taken, rejected: 0, spans: spans.slice(taken) },
      reason: expect.stringMatching(/ answered 503$/),
      retryAfterMs: 3_600_000,
    });
    expect(toAudienceExport(result, spans)).toMatchObject({ status: "spooled", sent: taken, again: true });
  });

  it("of no spans is no message", async () => {
    const { sink, destination } = await collector();
    expect(await createSender(destination)([])).toEqual({ kind: "ok", sent: 0 });
    expect(sink.log).toEqual([]);
  });
});
