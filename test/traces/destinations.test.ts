import { text } from "@pifleet/testkit/model-server";
import { startTraceSink } from "@pifleet/testkit/trace-sink";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectSound, outline, outlineOf, ownOutline } from "./outline.ts";
import { Caller, DEPLOYMENT_AUTHORIZATION, TracedStage } from "./traced-stage.ts";

let stage: TracedStage;
beforeAll(async () => {
  stage = await TracedStage.set();
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

const TREE = outline(`
  POST /v1/invocations
    send invocations
      process invocations
        invoke_agent fake/test
          turn 1
            chat test
`);
const done = () => text("Done.");

it("two runs under one span of a caller, with two destinations, each send their own spans only", async () => {
  const sinks = await Promise.all([startTraceSink(), startTraceSink()]);
  const caller = new Caller();
  const runs = await Promise.all(
    sinks.map(({ endpoint }) => stage.submit(done, { trace: { endpoint: `${endpoint}/v1/traces` } }, { caller })),
  );
  for (const { id } of runs) await stage.exported(id, "ok");
  const [one, other] = sinks.map((sink) => sink.spansOf(caller.traceId));
  for (const [i, spans] of [one ?? [], other ?? []].entries()) {
    expectSound(spans, caller.traceId);
    expect(outlineOf(spans, caller.spanId)).toBe(ownOutline(TREE));
    expect([...new Set(spans.map(({ attributes }) => attributes["session.id"]))]).toEqual([runs[i]?.id]);
  }
  expect(outlineOf(stage.deployment.spansOf(caller.traceId), caller.spanId)).toBe(`${TREE}\n${TREE}`);
  await Promise.all(sinks.map((sink) => sink.close()));
});

it("a run whose destination is the deployment's sends its whole tree there, once", async () => {
  const endpoint = `${stage.deployment.endpoint}/v1/traces`;
  const trace = { endpoint, headers: { Authorization: DEPLOYMENT_AUTHORIZATION } };
  const { id, caller } = await stage.submit(done, { trace });
  await stage.exported(id, "ok");
  const spans = stage.deployment.spansOf(caller.traceId);
  expectSound(spans, caller.traceId);
  expect(outlineOf(spans, caller.spanId)).toBe(TREE);
});

it("a run whose collector takes small messages only sends it several, each parent before its children", async () => {
  const sink = await startTraceSink({ maxBytes: 1_500 });
  const { id, caller } = await stage.submit(done, { trace: { endpoint: `${sink.endpoint}/v1/traces` } });
  await stage.exported(id, "ok");
  expect(sink.log.some(({ reply }) => reply.kind === "status" && reply.status === 413)).toBe(true);
  expect(sink.batches.length).toBeGreaterThan(1);
  expectSound(sink.spansOf(caller.traceId), caller.traceId);
  expect(outlineOf(sink.spansOf(caller.traceId), caller.spanId)).toBe(ownOutline(TREE));
  await sink.close();
});

it("a destination that the deployment does not allow is refused with the submission", async () => {
  const trace = { endpoint: "http://169.254.169.254/v1/traces" };
  await expect(stage.submit(done, { trace })).rejects.toMatchObject({ problem: { status: 400 } });
});
