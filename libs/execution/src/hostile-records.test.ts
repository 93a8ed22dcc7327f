import { Event, InvocationRecord, NO_USAGE, Redactor, RunnerRecord, toRecord } from "@pifleet/invocation";
import { createMemoryBackend, MemoryArtifactStore } from "@pifleet/testkit";
import { ScriptedRuntime } from "@pifleet/testkit/runtime";
import { sampleInvocation } from "@pifleet/testkit/samples";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { Executor } from "./executor.ts";

/** Runs one attempt whose runner reports these records; tells what is stored of it, and what failed meanwhile. */
async function attemptWith(records: readonly RunnerRecord[]) {
  const backend = createMemoryBackend({ retentionMs: 60_000 });
  const faults: unknown[] = [];
  const runtime = new ScriptedRuntime(async (runner) => {
    await runner.task;
    for (const record of records) runner.report(record);
  });
  const executor = new Executor(
    {
      ...backend,
      runtime,
      artifacts: new MemoryArtifactStore(),
      artifactLimits: { files: 10, fileBytes: 1_000, totalBytes: 5_000 },
      pauseLimitMs: 60_000,
      modelAccess: () => ({ kind: "ready", provider: "demo", model: "scripted" }),
      accounts: {},
      redactor: new Redactor(),
      tracing: { isSampled: () => true, content: () => ({ maxBytes: 1_000 }) },
      measures: { observe: () => undefined, count: () => undefined },
      onSettled: () => undefined,
      startApart: () => {
        throw new Error("nothing is to be run apart");
      },
      onFault: (error) => faults.push(error),
    },
    { worker: "wrk_1", leaseMs: 60_000 },
  );
  const { id, carrier, ...invocation } = sampleInvocation({ limits: { maxAttempts: 1 } });
  await backend.store.create({ id, carrier, ...invocation });
  const claim = {
    id,
    carrier,
    lost: new AbortController().signal,
    onDoubt: () => () => undefined,
    renew: async () => true,
    complete: async () => undefined,
    release: async () => undefined,
  };
  await executor.execute(claim);
  const stored = await backend.store.read(id);
  const { events } = await backend.events.read(id, { limit: 10_000 });
  await backend.close();
  if (!stored) throw new Error("the invocation is gone");
  return { stored, events, faults };
}

const LAST_MS = 253_402_300_799_999;
const time = fc.constantFrom(0, 0.5, 1, Date.now(), 8.64e15, 1e300, -1, LAST_MS, LAST_MS + 1);
const number = fc.constantFrom(0, 1, 1.5, -1, 1e9, 1e15, 1e16, Number.MAX_SAFE_INTEGER, 1e308, null, "1");
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "",
    "\0",
    "\ud800",
    "__proto__",
    "x".repeat(5_000),
    "\\".repeat(5_000),
    "\u001b[31m",
    "a b ".repeat(999),
  ),
);
const deep = JSON.parse(`${"[".repeat(3_000)}${"]".repeat(3_000)}`);
const value = fc.oneof(fc.jsonValue(), fc.constant(deep), fc.constant(JSON.parse('{"__proto__":{"a":1}}')));
const count = fc.constantFrom(0, 1, 1e9, 1e15);
const usage = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  costUsd: fc.constantFrom(0, 0.1, 1e9, 1e308),
  turns: count,
  toolCalls: count,
});
const message = fc.oneof(
  fc.record({
    role: fc.constantFrom("user", "assistant"),
    content: fc.array(fc.record({ type: fc.constant("text"), text })),
  }),
  fc.record({
    role: fc.constant("assistant"),
    content: fc.tuple(
      fc.record({ type: fc.constant("tool_call"), id: text, name: text, arguments: fc.dictionary(text, value) }),
    ),
  }),
);
/** Every type of record, with whatever JSON can hold in its fields. */
const record = fc.record(
  {
    type: fc.constantFrom(...RunnerRecord.options.map(({ shape }) => shape.type.value)),
    at: time,
    turn: number,
    rssBytes: number,
    heapBytes: number,
    eventLoopDelayMs: number,
    toolRunning: fc.boolean(),
    provider: text,
    model: text,
    stopReason: text,
    error: text,
    errorCode: fc.constantFrom("internal", "cancelled"),
    responseId: text,
    usage,
    channel: fc.constantFrom("text", "thinking"),
    text,
    callId: fc.oneof(fc.constantFrom("1", "text", "__proto__"), text),
    name: text,
    arguments: value,
    isError: fc.boolean(),
    exitCode: fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER),
    delayMs: number,
    reason: text,
    level: fc.constantFrom("info", "error"),
    message: text,
    result: fc.record({ output: text, messages: fc.array(message), usage, failure: fc.constant(null) }),
  },
  {
    requiredKeys: [
      "type",
      "at",
      "turn",
      "usage",
      "text",
      "callId",
      "name",
      "arguments",
      "isError",
      "result",
      "delayMs",
    ],
  },
);

describe("an attempt whose runner reports whatever it likes", () => {
  it("is settled, and what is stored of it keeps to the schemas", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 5, maxLength: 40 }), async (said) => {
        const records = said.flatMap((one) => RunnerRecord.safeParse(one).data ?? []);
        const { stored, events, faults } = await attemptWith(records);
        expect(faults).toEqual([]);
        expect(InvocationRecord.parse(toRecord(stored))).toMatchObject({ endedAt: expect.any(String) });
        for (const event of JSON.parse(JSON.stringify(events))) Event.parse(event);
      }),
      { numRuns: 100 },
    );
  });

  it("adds its costs and counts up to what a record can hold, and no further", async () => {
    const most = { ...NO_USAGE, inputTokens: 1e15, costUsd: 1e9 };
    const ended: RunnerRecord = { type: "request.ended", at: 1, stopReason: "stop", usage: most };
    const { stored } = await attemptWith([ended, ended, ended]);
    expect(stored.usage).toMatchObject({ inputTokens: 1e15, costUsd: 1e9 });
  });

  it("fails as internal when a record cannot be taken, and nothing else does", async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    onTestFinished(() => void process.off("unhandledRejection", onRejection));
    const { stored, faults } = await attemptWith([{ type: "turn.started", at: 1e300, turn: 1 }]);
    expect(stored).toMatchObject({ status: "failed", error: { code: "internal" } });
    expect(faults).toHaveLength(1);
    expect(rejections).toEqual([]);
  });
});
