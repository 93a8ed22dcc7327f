import { text, toolCall } from "@pifleet/testkit/model-server";
import { startTraceSink, type TraceSink } from "@pifleet/testkit/trace-sink";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Caller, TracedStage } from "./traced-stage.ts";

let stage: TracedStage;
let own: TraceSink;
beforeAll(async () => {
  stage = await TracedStage.set({ env: { PIFLEET_TRACE_BAGGAGE: "team" } });
  own = await startTraceSink();
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await own?.close();
});
let caller: Caller;
beforeEach(() => {
  caller = new Caller();
});

const done = () => text("Done.");

/** Submits a run with a destination of its own. */
function submit(carrier: { traceparent?: string } = {}) {
  return stage.submit(done, { trace: { endpoint: `${own.endpoint}/v1/traces` } }, { caller, ...carrier });
}

/** How many requests the two collectors have had. */
function requests(): number {
  return stage.deployment.log.length + own.log.length;
}

function headersOfModel(word: string, name: string) {
  return stage.cast.requests(word).map(({ headers }) => headers[name]);
}

describe("a model request", () => {
  it("carries a traceparent that names its chat span, and the caller's tracestate, but no baggage", async () => {
    const script = (request: number) => (request === 1 ? toolCall("bash", { command: "true" }) : text("Done."));
    const headers = { tracestate: "vendor=1", baggage: "team=a,secret=b" };
    const { id, word } = await stage.submit(script, {}, { caller, ...headers });
    await stage.exported(id, "ok");
    const chats = stage.deployment.spansOf(caller.traceId).filter(({ name }) => name === "chat test");
    expect(headersOfModel(word, "traceparent")).toEqual(chats.map(({ spanId }) => `00-${caller.traceId}-${spanId}-01`));
    expect(chats).toHaveLength(2);
    expect(headersOfModel(word, "tracestate")).toEqual(["vendor=1", "vendor=1"]);
    expect(headersOfModel(word, "baggage")).toEqual([undefined, undefined]);
  });
});

describe("a caller", () => {
  it("whose traceparent is malformed gets a trace of its own", async () => {
    const { id } = await submit({ traceparent: `00-${caller.traceId}-nonsense-01` });
    const { trace } = await stage.invocations.wait(id);
    expect(trace.traceId).not.toBe(caller.traceId);
    await stage.exported(id, "ok");
    for (const sink of [stage.deployment, own]) {
      const roots = sink.spansOf(trace.traceId).filter(({ parentSpanId }) => parentSpanId === "");
      expect(roots).toHaveLength(1);
    }
  });

  it("who does not sample makes no request to any collector, and tells the model so", async () => {
    const before = requests();
    const { id, word } = await submit({ traceparent: caller.traceparent(false) });
    expect(await stage.exported(id, "off")).toEqual({ status: "off" });
    expect(requests()).toBe(before);
    expect(headersOfModel(word, "traceparent")).toEqual([
      expect.stringMatching(`^00-${caller.traceId}-[\\da-f]{16}-00$`),
    ]);
    // The trace can be read all the same.
    expect(await stage.invocations.trace(id)).toHaveLength(6);
  });
});

describe("a deployment", () => {
  it("that samples always exports also what the caller does not", async () => {
    await stage.restartWorker({ OTEL_TRACES_SAMPLER: "always_on" });
    const { id, word } = await submit({ traceparent: caller.traceparent(false) });
    await stage.exported(id, "ok");
    expect(stage.deployment.spansOf(caller.traceId)).toHaveLength(6);
    expect(own.spansOf(caller.traceId)).toHaveLength(3);
    expect(headersOfModel(word, "traceparent")).toEqual([expect.stringMatching(/-01$/)]);
  });

  it("that has switched the SDK off exports nothing", async () => {
    await stage.restartWorker({ OTEL_SDK_DISABLED: "true" });
    const before = requests();
    const { id } = await submit();
    expect(await stage.exported(id, "off")).toEqual({ status: "off" });
    expect(requests()).toBe(before);
  });
});
