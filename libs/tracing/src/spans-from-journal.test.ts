import { invocationError, type JournalEntry, type Outcome, type RunnerRecord, type Span } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { decodeEntry, encodeEntry } from "./journal-codec.ts";
import { SpanRecorder } from "./span-recorder.ts";
import { spansFromJournal } from "./spans-from-journal.ts";
import { REQUEST_USAGE, RUN, SUCCESS, TRACE, TRACEPARENT } from "./testing/sample-run.ts";

const invocation = sampleInvocation(
  { model: "openai/gpt-test" },
  { attempt: 2, carrier: { traceparent: TRACEPARENT } },
);
const TIMED_OUT: Outcome = { ...SUCCESS, status: "timed_out", error: invocationError("timeout_idle", "no progress") };

/** Numbers that look random and are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Any record in any place, as no runner should send them. */
function anyRecord(pick: (below: number) => number, at: number): RunnerRecord {
  const tool = { at, callId: String(pick(3)), name: "bash" };
  const records: RunnerRecord[] = [
    { type: "turn.started", at, turn: 1 + pick(4) },
    { type: "turn.ended", at, turn: 1 + pick(4) },
    { type: "request.started", at, provider: "openai", model: "gpt-test" },
    { type: "request.first_byte", at },
    { type: "request.ended", at, stopReason: "stop", usage: REQUEST_USAGE },
    { type: "request.ended", at, stopReason: "error", usage: REQUEST_USAGE, error: "429" },
    { type: "tool.started", ...tool, arguments: {} },
    { type: "tool.ended", ...tool, isError: pick(2) === 0, text: "", exitCode: pick(3) },
    { type: "retry.scheduled", at, delayMs: 5, reason: "429" },
    { type: "compaction", at, reason: "overflow" },
    { type: "message.delta", at, channel: "text", text: "x" },
    { type: "message.completed", at, text: "x", usage: REQUEST_USAGE },
  ];
  return records[pick(records.length)] ?? { type: "ready", at };
}

function recorded(records: readonly RunnerRecord[]) {
  const entries: JournalEntry[] = [];
  const recorder = new SpanRecorder(invocation, "wrk_1", 1_000, {
    queue: "invocations",
    onEntry: (entry) => entries.push(entry),
  });
  for (const record of records) recorder.observe(record);
  return { entries, recorder };
}

function expectWhole(spans: readonly Span[]): void {
  const seen = new Set<string>();
  for (const span of spans) {
    expect(span.traceId).toBe(TRACE);
    expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
    if (span !== spans[0]) expect(seen).toContain(span.parentSpanId);
    expect(seen).not.toContain(span.spanId);
    seen.add(span.spanId);
  }
}

describe("the spans of a journal", () => {
  it("are those that the recorder had, for any sequence of records that is cut anywhere", () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const pick = numbers(seed);
      const records = Array.from({ length: pick(60) }, (_, i) => anyRecord(pick, 1_000 + i * 10 - pick(30)));
      const { entries, recorder } = recorded(records);
      const before = entries.map((entry) => structuredClone(entry));
      const spans = recorder.end(pick(2) === 0 ? SUCCESS : TIMED_OUT, 9_000);
      expectWhole(spans);
      expect(entries.slice(0, before.length)).toEqual(before);
      const kept = entries.map((entry) => decodeEntry(encodeEntry(entry)));
      expect(kept).toEqual(entries);
      expect(spansFromJournal(entries, { lostAtMs: 10_000 })).toEqual(spans);

      const cut = spansFromJournal(entries.slice(0, pick(entries.length + 1)), { lostAtMs: 10_000 });
      expectWhole(cut);
      const ids = spans.map(({ spanId }) => spanId);
      expect(cut.every(({ spanId }, i) => spanId === ids[i])).toBe(true);
    }
  });

  it("are closed as lost, leaf first, where their worker could not close them", () => {
    const { entries } = recorded(RUN.slice(0, 6));
    const spans = spansFromJournal(entries, { lostAtMs: 5_000 });
    const lost = { code: "error", message: "The worker was lost" };
    expect(
      spans.map(({ name, endMs, status, attributes: { "error.type": type } }) => [name, endMs, status, type]),
    ).toEqual([
      ["process invocations", 5_000, lost, "worker_lost"],
      ["invoke_agent openai/gpt-test", 5_000, lost, "worker_lost"],
      ["turn 1", 5_000, lost, "worker_lost"],
      ["chat gpt-test", 1_220, { code: "unset" }, undefined],
      ["execute_tool bash", 5_000, lost, "worker_lost"],
    ]);
    expect(spans.filter(({ attributes }) => attributes["pifleet.cut_short"])).toHaveLength(4);
  });

  it("of an attempt that runs are shown as far as now, and marked as open where they are", () => {
    const { entries } = recorded(RUN.slice(0, 6));
    const spans = spansFromJournal(entries, { openAtMs: 5_000 });
    expectWhole(spans);
    expect(spans.map(({ name, endMs, attributes }) => [name, endMs, attributes["pifleet.open"]])).toEqual([
      ["process invocations", 5_000, true],
      ["invoke_agent openai/gpt-test", 5_000, true],
      ["turn 1", 5_000, true],
      ["chat gpt-test", 1_220, undefined],
      ["execute_tool bash", 5_000, true],
    ]);
    for (const { status, attributes } of spans) {
      expect(status).toEqual({ code: "unset" });
      expect(attributes).not.toHaveProperty("error.type");
      expect(attributes).not.toHaveProperty("pifleet.cut_short");
    }
  });

  it("of an attempt that runs never end before they start, however far its clock is ahead", () => {
    expectWhole(spansFromJournal(recorded(RUN.slice(0, 6)).entries, { openAtMs: 0 }));
  });

  it("are closed for another reason when there is one", () => {
    const { entries } = recorded([]);
    const error = { code: "cancelled", message: "The invocation was cancelled" } as const;
    const [consumer] = spansFromJournal(entries, { lostAtMs: 5_000, error });
    expect(consumer).toMatchObject({ status: { code: "error" }, attributes: { "error.type": "cancelled" } });
  });

  it("are the same when entries stand there twice or in another order", () => {
    const { entries, recorder } = recorded(RUN);
    recorder.event("pause", 1_270);
    const spans = recorder.end(SUCCESS, 1_300);
    const byId = (list: Span[]) => list.toSorted((a, b) => a.spanId.localeCompare(b.spanId));
    const wild = spansFromJournal([...entries].reverse().concat(entries), { lostAtMs: 5_000 });
    expectWhole(wild);
    expect(byId(wild).map(({ events, ...span }) => span)).toEqual(byId(spans).map(({ events, ...span }) => span));
    expect(spansFromJournal([...entries, ...entries], { lostAtMs: 5_000 })).toEqual(spans);
  });

  it("are found without the entries whose span never started, and with a span whose parent is missing", () => {
    const { entries } = recorded(RUN);
    const spans = spansFromJournal(entries.slice(2), { lostAtMs: 5_000 });
    expect(spans.map(({ name }) => name)).toEqual([
      "turn 1",
      "chat gpt-test",
      "execute_tool bash",
      "execute_tool read",
    ]);
    expect(spansFromJournal([], { lostAtMs: 5_000 })).toEqual([]);
  });

  it("are bounded, whatever the journal holds", () => {
    const { entries } = recorded([]);
    const start = entries[0];
    if (start?.kind !== "start") throw new Error("no start");
    const many = Array.from({ length: 300_000 }, (_, i): JournalEntry => {
      return { kind: "start", span: { ...start.span, spanId: String(i), parentSpanId: String(i + 1) } };
    });
    expect(spansFromJournal(many, { lostAtMs: 5_000 })).toHaveLength(10_000);
    const circle = ["a", "b"].map((spanId): JournalEntry => {
      return { kind: "start", span: { ...start.span, spanId, parentSpanId: spanId === "a" ? "b" : "a" } };
    });
    expect(spansFromJournal(circle, { lostAtMs: 5_000 })).toHaveLength(2);
  });
});

describe("a kept entry of the journal", () => {
  it.each([
    "",
    "[",
    "null",
    "{}",
    "[]",
    '["s"]',
    '["q","a",{}]',
    '["a","id",{"k":{}}]',
    '["e","id",1,2]',
    '["x","id","t","ok"]',
  ])("that is torn or none is told from an entry: %s", (text) => {
    expect(decodeEntry(text)).toBeUndefined();
  });

  it("that was torn anywhere is told from an entry, or is still the same one", () => {
    for (const entry of recorded(RUN).entries) {
      const text = encodeEntry(entry);
      for (let length = 0; length < text.length; length += 1)
        expect(decodeEntry(text.slice(0, length))).toBeUndefined();
    }
  });
});
