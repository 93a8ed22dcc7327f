import { text, toolCall } from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TracedStage } from "./traced-stage.ts";

let stage: TracedStage;
beforeAll(async () => {
  stage = await TracedStage.set();
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

it("the trace of a run can be read while it runs, with what is open marked", async () => {
  const gate = stage.gate();
  const { id, caller } = await stage.submit((request) =>
    request === 1 ? toolCall("bash", { command: gate.command }) : text("Done."),
  );
  await stage.working(id);
  const live = await stage.invocations.trace(id);
  const told = live.map(({ name, attributes }) => (attributes["pifleet.open"] ? `${name} …` : name));
  expect(told).toEqual([
    "POST /v1/invocations",
    "send invocations",
    "process invocations …",
    "invoke_agent fake/test …",
    "turn 1 …",
    "chat test",
    "execute_tool bash …",
  ]);
  await gate.open();
  await stage.exported(id, "ok");
  const ended = await stage.invocations.trace(id);
  expect(ended.filter(({ attributes }) => attributes["pifleet.open"])).toEqual([]);
  const idsOf = (spans: readonly { spanId: string }[]) => spans.map(({ spanId }) => spanId).sort();
  expect(idsOf(ended)).toEqual(idsOf(stage.deployment.spansOf(caller.traceId)));
  expect(ended.map(({ spanId }) => spanId)).toEqual(expect.arrayContaining(live.map(({ spanId }) => spanId)));
});

it("the log lines about an invocation name it, its attempt, and the spans that they belong to", async () => {
  const { id, caller } = await stage.submit(() => text("Done."));
  await stage.exported(id, "ok");
  const spans = stage.deployment.spansOf(caller.traceId);
  const spanId = (name: string) => spans.find((span) => span.name === name)?.spanId;
  const linesOf = (service: { lines: readonly Readonly<Record<string, unknown>>[] } | undefined) =>
    service?.lines.filter(({ invocation }) => invocation === id) ?? [];
  const [worker] = stage.fleet.workers;
  const ofRun = { trace_id: caller.traceId, span_id: spanId("invoke_agent fake/test"), attempt: 1 };
  expect(linesOf(worker)).toEqual([
    expect.objectContaining({ msg: "attempt started", ...ofRun }),
    expect.objectContaining({ msg: "attempt ended", ended: "succeeded", ...ofRun }),
  ]);
  const ofRequest = { trace_id: caller.traceId, span_id: spanId("POST /v1/invocations") };
  expect(linesOf(stage.fleet.api)[0]).toMatchObject({ msg: "request", ...ofRequest });
});
