import { type Backend, type Invocation, NO_USAGE, type Outcome, type OwedSpans, type Span } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { type ExportResult, encodeEntry, type Senders, SpanRecorder } from "@pifleet/tracing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TraceDelivery } from "./trace-delivery.ts";

const HOUR_MS = 3_600_000;

let backend: Backend;
let nowMs: number;
let results: ExportResult[];
let sent: string[][];
let senders: Senders;
let counted: string[];
let delivery: TraceDelivery;

beforeEach(() => {
  nowMs = Date.now();
  backend = createMemoryBackend({ retentionMs: 7 * 24 * HOUR_MS, now: () => nowMs });
  results = [];
  sent = [];
  counted = [];
  senders = {
    deployment: async (spans) => {
      sent.push(spans.map(({ name, attempt, attributes }) => `${name} ${attempt} ${attributes["error.type"] ?? "ok"}`));
      return results.shift() ?? { kind: "ok", sent: spans.length };
    },
  };
  delivery = new TraceDelivery({
    ...backend,
    senders: () => senders,
    measures: {
      observe: () => undefined,
      count: (name, labels, by = 1) => counted.push(`${name} ${Object.values(labels).join(" ")} ${by}`),
    },
    onFault: (error) => {
      throw error;
    },
  });
});
afterEach(() => backend.close());

async function submit(): Promise<Invocation> {
  const invocation = sampleInvocation();
  const span = (name: string, kind: Span["kind"]): Span => ({
    ...{ traceId: invocation.trace.traceId, parentSpanId: null, name, kind, attempt: 0, startMs: nowMs, endMs: nowMs },
    ...{ spanId: crypto.randomUUID(), status: { code: "unset" }, attributes: {}, events: [] },
  });
  await backend.store.create(invocation, { spans: [span("POST", "server"), span("send", "producer")] });
  return invocation;
}

async function start({ id }: Invocation, worker = "wrk_1"): Promise<Invocation> {
  const started = await backend.store.start(id, worker);
  if (started.kind !== "started") throw new Error(started.kind);
  return started.invocation;
}

async function settle(invocation: Invocation): Promise<OwedSpans> {
  const { id, attempt } = invocation;
  const outcome: Outcome = { status: "succeeded", output: "x", error: null, messages: [], usage: NO_USAGE };
  const spans = new SpanRecorder(invocation, "wrk_1", nowMs).end(outcome, nowMs);
  await backend.store.settle(id, attempt, { kind: "final", outcome }, spans);
  return { id, attempt };
}

async function exportOf({ id }: { id: Invocation["id"] }) {
  return (await backend.store.read(id))?.trace.export;
}

async function deliver(owed: OwedSpans): Promise<void> {
  delivery.begin(owed);
  await delivery.idle();
}

async function catchUp(): Promise<void> {
  await delivery.catchUp();
  await delivery.idle();
}

const unsent = (spans: Span[] = []): ExportResult => ({
  ...{ kind: "unsent", sent: 0, rejected: 0, reason: "away" },
  spans,
});

describe("the delivery of spans", () => {
  it("brings an attempt's spans with those of the submission, and owes nothing then", async () => {
    const owed = await settle(await start(await submit()));
    await deliver(owed);
    expect(sent).toEqual([["POST 0 ok", "send 0 ok", "invoke_agent demo/scripted 1 ok"]]);
    expect(await exportOf(owed)).toEqual({ status: "ok" });
    expect(await backend.spool.size()).toEqual({ spooled: 0, quarantined: 0 });
    expect(counted).toEqual(["trace_exports_total deployment ok 1"]);
  });

  it("is off when nobody is to get the spans", async () => {
    senders = {};
    const owed = await settle(await start(await submit()));
    await deliver(owed);
    expect(await exportOf(owed)).toEqual({ status: "off" });
    expect(await backend.spool.size()).toEqual({ spooled: 0, quarantined: 0 });
  });

  it("spools what could not be sent, and sends it when it is due", async () => {
    const owed = await settle(await start(await submit()));
    const spans = await backend.spans.read(owed.id);
    results = [unsent(spans)];
    await deliver(owed);
    expect(await exportOf(owed)).toEqual({ status: "spooled", reason: "away" });
    expect(await backend.spool.size()).toEqual({ spooled: 1, quarantined: 0 });
    await catchUp();
    expect(sent).toHaveLength(1);
    nowMs += 1_000;
    await catchUp();
    expect(sent[1]).toEqual(sent[0]);
    expect(await exportOf(owed)).toEqual({ status: "ok" });
  });

  it("quarantines what was refused for a reason that may pass, and fails the rest for good", async () => {
    const [expired, bad] = [await settle(await start(await submit())), await settle(await start(await submit()))];
    results = [
      { kind: "refused", rejected: 3, reason: "answered 401", mayPass: true },
      { kind: "refused", rejected: 3, reason: "answered 400", mayPass: false },
    ];
    await deliver(expired);
    await deliver(bad);
    expect(await exportOf(expired)).toEqual({ status: "failed", reason: "answered 401" });
    expect(await exportOf(bad)).toEqual({ status: "failed", reason: "answered 400" });
    expect(await backend.spool.size()).toEqual({ spooled: 0, quarantined: 1 });
    expect(counted).toEqual([
      "trace_exports_total deployment quarantined 1",
      "trace_exports_total deployment refused 1",
      "trace_spans_dropped_total refused 3",
    ]);
    nowMs += 10_000;
    await catchUp();
    expect(await exportOf(expired)).toEqual({ status: "ok" });
  });

  it("gives up after a day, and says so", async () => {
    const owed = await settle(await start(await submit()));
    nowMs -= 25 * HOUR_MS;
    const old = await settle(await start(await submit()));
    nowMs += 25 * HOUR_MS;
    results = [unsent(), unsent()];
    await deliver(owed);
    await deliver(old);
    expect(counted.at(-1)).toBe("trace_spans_dropped_total expired 3");
    expect(await exportOf(owed)).toMatchObject({ status: "spooled" });
    expect(await exportOf(old)).toEqual({ status: "failed", reason: "given up after 24 h: away" });
    expect(await backend.spool.size()).toEqual({ spooled: 1, quarantined: 0 });
  });

  it("finishes the spans of a lost attempt out of its journal, with the ids that they had", async () => {
    const first = await start(await submit());
    const { id } = first;
    const entries: string[] = [];
    const recorder = new SpanRecorder(first, "wrk_1", nowMs, { onEntry: (entry) => entries.push(encodeEntry(entry)) });
    recorder.observe({ type: "turn.started", at: nowMs, turn: 1 });
    await backend.events.append(id, 1, [], entries);
    await start(first, "wrk_2");
    await catchUp();
    expect(sent).toEqual([
      ["POST 0 ok", "send 0 ok", "invoke_agent demo/scripted 1 worker_lost", "turn 1 1 worker_lost"],
    ]);
    expect((await backend.spans.read(id)).map(({ spanId }) => spanId)).toContain(recorder.rootSpanId);
    expect(await backend.spans.journal(id, 1)).toEqual([]);
    expect(await exportOf({ id })).toEqual({ status: "pending" });
  });

  it("vouches for a lost attempt that has no journal", async () => {
    const first = await start(await submit());
    await start(first, "wrk_2");
    await catchUp();
    expect(sent[0]?.slice(2)).toEqual([
      "process invocations 1 worker_lost",
      "invoke_agent demo/scripted 1 worker_lost",
    ]);
  });

  it("tells of an invocation that was cancelled before its first attempt", async () => {
    const { id } = await submit();
    await backend.store.cancel("default", id);
    await catchUp();
    expect(sent).toEqual([["POST 0 ok", "send 0 ok", "invoke_agent demo/scripted 0 cancelled"]]);
    expect(await exportOf({ id })).toEqual({ status: "ok" });
    const run = (await backend.spans.read(id)).at(-1);
    expect(run?.startMs).toBe(run?.endMs);
  });

  it("writes and sends the spans of a lost attempt once, whoever else is at it", async () => {
    const first = await start(await submit());
    await start(first, "wrk_2");
    await Promise.all([catchUp(), catchUp(), catchUp()]);
    expect(sent).toHaveLength(1);
    expect(await backend.spans.finish(first.id, 1, [])).toBe("stale");
  });

  it("does not wait for one collector before it sends to the next", async () => {
    const hanging = Promise.withResolvers<ExportResult>();
    const [slow, quick] = [await settle(await start(await submit())), await settle(await start(await submit()))];
    const usual = senders;
    delivery = new TraceDelivery({
      ...backend,
      senders: ({ id }) => (id === slow.id ? { deployment: () => hanging.promise } : usual),
      measures: { observe: () => undefined, count: () => undefined },
      onFault: () => undefined,
    });
    nowMs += 60_000;
    await delivery.catchUp();
    await expect.poll(() => exportOf(quick)).toEqual({ status: "ok" });
    expect(await exportOf(slow)).toEqual({ status: "pending" });
    hanging.resolve({ kind: "ok", sent: 3 });
    await delivery.idle();
    expect(await exportOf(slow)).toEqual({ status: "ok" });
  });

  it("owes nothing for an invocation whose retention is over", async () => {
    const owed = await settle(await start(await submit()));
    nowMs += 8 * 24 * HOUR_MS;
    await catchUp();
    expect(sent).toEqual([]);
    expect(await backend.store.read(owed.id)).toBeNull();
    expect(await backend.spool.size()).toEqual({ spooled: 0, quarantined: 0 });
  });
});

describe("a delivery that ends", () => {
  it("breaks off exports that hang, and leaves the spans to others", async () => {
    const began = Promise.withResolvers<void>();
    senders = {
      deployment: async (spans, { stop } = {}) => {
        began.resolve();
        await new Promise((resolve) => stop?.addEventListener("abort", resolve));
        return { kind: "unsent", sent: 0, rejected: 0, reason: "the worker was stopped", spans };
      },
    };
    const owed = await settle(await start(await submit()));
    delivery.begin(owed);
    await began.promise;
    await delivery.end(10);
    expect(await exportOf(owed)).toEqual({ status: "spooled", reason: "the worker was stopped" });
    expect(await backend.spool.size()).toEqual({ spooled: 1, quarantined: 0 });
  });

  it("takes nothing more from the spool, though there is always more", async () => {
    senders = { deployment: async (spans) => ({ kind: "unsent", sent: 0, rejected: 0, reason: "away", spans }) };
    for (let i = 0; i < 3; i += 1) await settle(await start(await submit()));
    nowMs += HOUR_MS;
    await delivery.end();
    await delivery.catchUp();
    expect(counted).toEqual([]);
  });
});
