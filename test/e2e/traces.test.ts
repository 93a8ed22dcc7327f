import { type ModelServer, startModelServer, status, text, toolCall } from "@pifleet/testkit/model-server";
import { startTraceSink, type TraceSink } from "@pifleet/testkit/trace-sink";
import { newSpanId, newTraceId } from "@pifleet/tracing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";

let models: ModelServer;
let sink: TraceSink;
let fleet: Fleet;

beforeAll(async () => {
  models = await startModelServer();
  sink = await startTraceSink();
  fleet = await Fleet.start({ models: models.modelsFile(), env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint } });
});
afterAll(async () => {
  await fleet?.stop();
  await models?.close();
  await sink?.close();
});

async function run(traceparent?: string) {
  const submission = { model: "fake/test", input: "Do it." };
  const { id } = await fleet.client.invocations.create(submission, { ...(traceparent && { traceparent }) });
  return fleet.client.invocations.wait(id);
}

describe("the trace of a run", () => {
  it("hangs under the caller's span and arrives parent first, with what each part took", async () => {
    models.enqueue(toolCall("bash", { command: "exit 3" }), text("Done."));
    const [traceId, spanId] = [newTraceId(), newSpanId()];
    const record = await run(`00-${traceId}-${spanId}-01`);
    expect(record.trace.traceId).toBe(traceId);
    const batch = await sink.batchOf(traceId);
    const named = new Map(batch.map((span) => [span.spanId, span.name]));
    expect(batch.map(({ name, parentSpanId }) => `${name} < ${named.get(parentSpanId) ?? parentSpanId}`)).toEqual([
      `POST /v1/invocations < ${spanId}`,
      "send invocations < POST /v1/invocations",
      "process invocations < send invocations",
      "invoke_agent fake/test < process invocations",
      "turn 1 < invoke_agent fake/test",
      "chat test < turn 1",
      "execute_tool bash < turn 1",
      "turn 2 < invoke_agent fake/test",
      "chat test < turn 2",
    ]);
    expect(batch.every((span) => span.traceId === traceId)).toBe(true);
    const [, producer, consumer] = batch;
    expect(batch.slice(0, 3).map(({ kind }) => kind)).toEqual([
      "SPAN_KIND_SERVER",
      "SPAN_KIND_PRODUCER",
      "SPAN_KIND_CONSUMER",
    ]);
    expect(consumer?.links).toEqual([{ traceId, spanId: producer?.spanId, attributes: {} }]);
    expect(batch.find(({ name }) => name === "execute_tool bash")?.attributes).toMatchObject({
      "process.exit.code": 3,
    });
    expect(batch.find(({ name }) => name === "chat test")?.attributes["gen_ai.usage.input_tokens"]).toBeGreaterThan(0);
  });

  it("is complete when the run fails, and says why", async () => {
    models.enqueue(status(401, { error: { message: "Wrong key" } }));
    const { trace } = await run();
    const batch = await sink.batchOf(trace.traceId);
    const [root] = batch;
    expect(root).toMatchObject({ name: "POST /v1/invocations", parentSpanId: "" });
    const at = batch.findIndex(({ name }) => name === "invoke_agent fake/test");
    expect(batch[at]).toMatchObject({
      status: { code: "STATUS_CODE_ERROR" },
      attributes: { "error.type": "provider_auth" },
    });
    expect(batch.slice(at + 1).map(({ name }) => name)).toEqual(["turn 1", "chat test"]);
  });

  it("runs on its own when the caller's traceparent is malformed", async () => {
    models.enqueue(text("Done."));
    const { trace, status: ended } = await run("00-nonsense");
    expect(ended).toBe("succeeded");
    const [root] = await sink.batchOf(trace.traceId);
    expect(root?.parentSpanId).toBe("");
  });

  it("says in the record what became of its export", async () => {
    models.enqueue(text("Done."), text("Done."));
    const exported = async (id: string) => (await fleet.client.invocations.get(id)).trace.export;
    const good = await run();
    await expect.poll(() => exported(good.id)).toEqual({ status: "ok" });
    sink.reply({ kind: "status", status: 400 });
    const bad = await run();
    const reason = expect.stringContaining("answered 400");
    await expect.poll(() => exported(bad.id)).toEqual({ status: "failed", reason });
    expect(bad.status).toBe("succeeded");
  });

  it("can be read without a collector, when the outcome can", async () => {
    models.enqueue(text("Done."));
    const { id } = await run();
    const spans = await fleet.client.invocations.trace(id);
    expect(spans.map(({ name }) => name)).toEqual([
      "POST /v1/invocations",
      "send invocations",
      "process invocations",
      "invoke_agent fake/test",
      "turn 1",
      "chat test",
    ]);
  });
});
