import { text } from "@pifleet/testkit/model-server";
import { startTraceSink } from "@pifleet/testkit/trace-sink";
import { expect, it } from "vitest";
import { DEPLOYMENT_AUTHORIZATION, eventually, TracedStage } from "./traced-stage.ts";

it("spans that a collector refuses for their credential are kept until it accepts it", async () => {
  await using stage = await TracedStage.set();
  const own = await startTraceSink({ authorization: "Bearer another" });
  await using _closed = { [Symbol.asyncDispose]: () => own.close() };
  stage.deployment.require({ authorization: "Bearer another" });
  const headers = { authorization: "Bearer expired" };
  const { id, caller } = await stage.submit(() => text("Done."), {
    trace: { endpoint: `${own.endpoint}/v1/traces`, headers },
  });
  const { reason } = await stage.exported(id, "failed");
  expect(reason).toMatch(/^\S+ answered 401; trace.endpoint: \S+ answered 401$/);
  await eventually(async () => expect(await stage.metric("trace_quarantined_attempts")).toBe(1));
  expect(await stage.metric("trace_spool_attempts")).toBe(0);

  stage.deployment.require({ authorization: DEPLOYMENT_AUTHORIZATION });
  own.require(headers);
  expect(await stage.exported(id, "ok")).toEqual({ status: "ok" });
  expect(own.spansOf(caller.traceId).map(({ name }) => name)).toEqual([
    "invoke_agent fake/test",
    "turn 1",
    "chat test",
  ]);
  expect(stage.deployment.spansOf(caller.traceId)).toHaveLength(6);
  await eventually(async () => expect(await stage.metric("trace_quarantined_attempts")).toBe(0));
});
