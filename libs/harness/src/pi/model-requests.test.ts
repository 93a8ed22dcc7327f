import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HarnessRecord, RunnerTask } from "@pifleet/invocation";
import { run } from "@pifleet/testkit/conformance/harness";
import {
  cutAfter,
  hang,
  type ModelServer,
  startModelServer,
  status,
  text,
  toolCall,
} from "@pifleet/testkit/model-server";
import { parseTraceparent } from "@pifleet/tracing/carrier";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PiHarness } from "./pi-harness.ts";
import { piTask } from "./testing/pi-task.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACE = { traceId: TRACE_ID, sampled: true, tracestate: "vendor=value" };
const BUSY = status(503, { error: { code: 503, message: "It is overloaded", status: "UNAVAILABLE" } });
const SLOW_DOWN = status(429, { error: { code: 429, message: "Slow down", status: "RESOURCE_EXHAUSTED" } });
const PROVIDERS = ["fake", "fake-anthropic", "fake-google"];

let server: ModelServer;
let workspace: string;

beforeEach(async () => {
  server = await startModelServer();
  workspace = await realpath(await mkdtemp(join(tmpdir(), "pifleet-requests-")));
});
afterEach(async () => {
  await server.close();
  await rm(workspace, { recursive: true });
});

async function records(changes: Partial<RunnerTask>): Promise<HarnessRecord[]> {
  return (await run(new PiHarness(1), piTask(server, workspace, changes))).records;
}

const sent = (header: string) => server.requests.map(({ headers }) => headers[header]);
const parents = () => sent("traceparent").map((header) => parseTraceparent(String(header)));
const told = (all: HarnessRecord[]) =>
  all.flatMap((record) => (record.type === "request.started" ? [record.spanId] : []));
const ended = (all: HarnessRecord[]) => all.filter((record) => record.type === "request.ended");

describe.each(PROVIDERS)("a model request by the API of %s", (provider) => {
  it("names as its parent the span that its record names, in the trace of the task", async () => {
    server.enqueue(toolCall("bash", { command: "true" }), text("Done."));
    const spanIds = told(await records({ provider, trace: TRACE }));
    expect(new Set(spanIds).size).toBe(2);
    expect(parents()).toEqual(spanIds.map((spanId) => ({ traceId: TRACE_ID, spanId, sampled: true, flags: 1 })));
    expect(sent("tracestate")).toEqual(["vendor=value", "vendor=value"]);
  });

  it("names another span when it is made again", async () => {
    server.enqueue(BUSY, cutAfter(2, "A long answer, cut off"), text("Done."));
    const spanIds = told(await records({ provider, trace: { ...TRACE, sampled: false } }));
    expect(new Set(spanIds).size).toBe(3);
    expect(sent("traceparent")).toEqual(spanIds.map((spanId) => `00-${TRACE_ID}-${spanId}-00`));
  });

  it("names no span when the task has no trace", async () => {
    const all = await records({ provider });
    expect(told(all)).toEqual([undefined]);
    expect([...sent("traceparent"), ...sent("tracestate")]).toEqual([undefined, undefined]);
  });

  it("names its span instead of one that the deployment has configured", async () => {
    const headers = { Traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, TraceState: "other=1" };
    const providers: Record<string, object> = server.modelsFile().providers;
    const providerConfig = { ...providers[provider], headers };
    const [spanId] = told(await records({ provider, providerConfig, trace: { traceId: TRACE_ID, sampled: true } }));
    expect(sent("traceparent")).toEqual([`00-${TRACE_ID}-${spanId}-01`]);
    expect(sent("tracestate")).toEqual([undefined]);
  });

  it("tells by its code why it failed, also when it then goes well", async () => {
    server.enqueue(BUSY, SLOW_DOWN);
    const all = await records({ provider });
    expect(ended(all).map(({ errorCode }) => errorCode)).toEqual([
      "provider_overloaded",
      "provider_rate_limited",
      undefined,
    ]);
  });

  it("tells of a first byte when it is answered, not when it is refused", async () => {
    server.enqueue(BUSY);
    const requests = (await records({ provider })).filter(({ type }) => type.startsWith("request."));
    expect(requests.map(({ type }) => type)).toEqual([
      "request.started",
      "request.ended",
      "request.started",
      "request.first_byte",
      "request.ended",
    ]);
  });
});

describe("a model request", () => {
  const long = "word ".repeat(40_000);

  it("names a span of its own too when it makes the conversation shorter", async () => {
    server.enqueue(BUSY, text("A summary."), text("Done."));
    const conversation: RunnerTask["conversation"] = [
      { role: "user", content: long },
      { role: "assistant", content: long },
      { role: "user", content: "Begin." },
    ];
    const all = await records({ conversation, trace: TRACE });
    expect(all).toContainEqual(expect.objectContaining({ type: "compaction", reason: "threshold" }));
    const spanIds = told(all);
    expect(new Set(spanIds).size).toBe(3);
    expect(parents().map((parent) => parent?.spanId)).toEqual(spanIds);
    expect(ended(all).map(({ errorCode }) => errorCode)).toEqual(["provider_overloaded", undefined, undefined]);
  });

  it.each([0, 1])("has no code when it is aborted after %d arrived: nobody refused it", async (count) => {
    server.enqueue(hang());
    const harness = new PiHarness(1);
    const { records: all } = await run(harness, piTask(server, workspace), ({ type }) => {
      if (type === "request.started") void server.requested(count).then(() => harness.abort());
    });
    expect(ended(all)).toEqual([expect.objectContaining({ error: expect.stringContaining("aborted") })]);
    expect(ended(all)[0]).not.toHaveProperty("errorCode");
  });
});
