import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectNoCanary } from "./canary.ts";
import { expectExport, expectOutcome, expectWholeTree } from "./cell.ts";
import { BEHAVIOURS, type Behaviour, behavioursOf, spansSent } from "./collectors.ts";
import { expectSound, outlineOf } from "./outline.ts";
import { type Scenario, SUCCESS, submissionOf, WORKER_SCENARIOS } from "./scenarios.ts";
import { DEPLOYMENT_AUTHORIZATION, eventually, type Submitted, TracedStage } from "./traced-stage.ts";

let stage: TracedStage;
beforeAll(async () => {
  stage = await TracedStage.set();
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});
afterEach(() => {
  stage.deployment.replyAlways();
  stage.deployment.require({ authorization: DEPLOYMENT_AUTHORIZATION });
});

function submit(scenario: Scenario): Promise<Submitted> {
  return stage.submit(scenario.script, { ...submissionOf(scenario), trace: { content: true } });
}

/** Expects of an invocation what is to come of it when the deployment's collector behaves so. */
async function expectRun(behaviour: Behaviour, scenario: Scenario, { id, caller }: Submitted): Promise<void> {
  const { deployment } = stage;
  const record = await stage.invocations.wait(id);
  expectOutcome(record, scenario);
  await expectExport(stage, record, behaviour);
  if (behaviour.mend) {
    await behaviour.mend(deployment);
    await stage.exported(id, "ok");
  }
  if (behaviour.counted === "quarantined") {
    const sent = () => spansSent(deployment, caller.traceId);
    await eventually(() => expect(outlineOf(sent(), caller.spanId)).toBe(scenario.outline));
    expectSound(sent(), caller.traceId);
    expect(deployment.spansOf(caller.traceId)).toEqual([]);
  } else await expectWholeTree(stage, scenario, caller);
  await stage.expectNoCanaryIn(await stage.invocations.get(id));
  await stage.expectNoCanaryInFleet();
  expectNoCanary({ sent: spansSent(deployment, caller.traceId) });
}

describe("spans that a collector has not taken", () => {
  it("because it was down are sent by another worker when theirs was killed, once", async () => {
    const { fleet, deployment } = stage;
    await deployment.down();
    const { id, caller } = await submit(SUCCESS);
    await stage.exported(id, "spooled");
    const [worker] = fleet.workers;
    worker?.kill("SIGKILL");
    await worker?.exited();
    await eventually(async () => expect(await stage.metric("trace_spool_attempts")).toBe(1));
    await deployment.up();
    await fleet.startWorker();
    await stage.exported(id, "ok");
    await expectWholeTree(stage, SUCCESS, caller);
    await eventually(async () => expect(await stage.metric("trace_spool_attempts")).toBe(0));
  });

  it("because it refuses them for good are given up, counted, and can still be read", async () => {
    stage.deployment.reply({ kind: "status", status: 400 });
    const { id } = await submit(SUCCESS);
    const reason = expect.stringMatching(/answered 400$/);
    expect(await stage.exported(id, "failed")).toEqual({ status: "failed", reason });
    await eventually(async () => expect(await stage.exports("deployment", "refused")).toBe(1));
    const spans = await stage.invocations.trace(id);
    expect(spans).toHaveLength(SUCCESS.outline.split("\n").length);
    expect(await stage.metric("trace_spans_dropped_total", '{reason="refused"}')).toBe(spans.length);
    expect(await stage.metric("trace_spool_attempts")).toBe(0);
  });
});

describe("a run that succeeds", () => {
  it.each(BEHAVIOURS)(
    "has a whole trace, and its own outcome, when the deployment's collector $title",
    async (behaviour) => {
      await behaviour.begin(stage.deployment, DEPLOYMENT_AUTHORIZATION);
      await expectRun(behaviour, SUCCESS, await submit(SUCCESS));
    },
  );

  it("is counted by what came of its export", async () => {
    const times = (counted: Behaviour["counted"]) => BEHAVIOURS.filter((one) => one.counted === counted).length;
    await eventually(async () => {
      // What was spooled first is there by now, and what was refused for its credential may be.
      expect(await stage.exports("deployment", "ok")).toBeGreaterThanOrEqual(times("ok") + times("spooled"));
      expect(await stage.exports("deployment", "spooled")).toBeGreaterThanOrEqual(times("spooled"));
      expect(await stage.exports("deployment", "quarantined")).toBeGreaterThanOrEqual(times("quarantined"));
    });
    expect(await stage.exports("deployment", "partial")).toBe(times("partial"));
    expect(await stage.exports("deployment", "refused")).toBe(1);
  });
});

describe("a run whose worker is killed", () => {
  const scenario = WORKER_SCENARIOS.killed;

  it.each(behavioursOf(2))(
    "has a whole trace, and its own outcome, when the deployment's collector $title",
    async (behaviour) => {
      const submitted = await submit(scenario);
      await stage.working(submitted.id);
      await behaviour.begin(stage.deployment, DEPLOYMENT_AUTHORIZATION);
      const worker = stage.fleet.workers.at(-1);
      worker?.kill("SIGKILL");
      await worker?.exited();
      await stage.fleet.startWorker();
      await expectRun(behaviour, scenario, submitted);
    },
  );
});
