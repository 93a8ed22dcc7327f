import { NO_USAGE, type RunnerRecord } from "@pifleet/invocation";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RecordCoalescer } from "./record-coalescer.ts";

const delta = (text: string, channel: "text" | "thinking" = "text"): RunnerRecord => ({
  type: "message.delta",
  at: 1,
  channel,
  text,
});

describe("the coalescing of records", () => {
  let sent: RunnerRecord[];
  let records: RecordCoalescer;

  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    records = new RecordCoalescer((record) => sent.push(record));
  });
  afterEach(() => vi.useRealTimers());

  it("joins deltas that come within 30 ms of the first", () => {
    for (const text of ["a", "b", "c"]) records.push(delta(text));
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(30);
    expect(sent).toEqual([delta("abc")]);
  });

  it("joins only what belongs to one text", () => {
    records.push(delta("a", "thinking"));
    records.push(delta("b"));
    records.push({ type: "tool.output", at: 1, callId: "1", name: "bash", text: "x" });
    records.push({ type: "tool.output", at: 1, callId: "2", name: "bash", text: "y" });
    records.flush();
    expect(sent.map((record) => "text" in record && record.text)).toEqual(["a", "b", "x", "y"]);
  });

  it("lets no other record overtake a delta, but a heartbeat", () => {
    records.push(delta("a"));
    records.push({ type: "heartbeat", at: 1, rssBytes: 1, heapBytes: 1, eventLoopDelayMs: 0, toolRunning: false });
    records.push({ type: "message.completed", at: 1, text: "a", usage: NO_USAGE });
    expect(sent.map(({ type }) => type)).toEqual(["heartbeat", "message.delta", "message.completed"]);
  });

  it("does not let much text wait", () => {
    records.push(delta("x".repeat(20_000)));
    expect(sent).toHaveLength(1);
  });
});
