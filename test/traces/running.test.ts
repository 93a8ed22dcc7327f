import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { expectCell, submitTo } from "./cell.ts";
import { BEHAVIOURS, behavioursOf, openCollector } from "./collectors.ts";
import { SCENARIOS } from "./scenarios.ts";
import { eventually, TracedStage } from "./traced-stage.ts";

// The invocations wait side by side until the worker takes them, so each has the time of all.
vi.setConfig({ maxConcurrency: SCENARIOS.length * BEHAVIOURS.length, testTimeout: 240_000 });

let stage: TracedStage;
beforeAll(async () => {
  stage = await TracedStage.set();
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

/** How many attempts were exported, by what their first try is counted as. */
const exported = { ok: 0, partial: 0, spooled: 0, quarantined: 0 };

describe.concurrent.each(SCENARIOS)("a run $title", (scenario) => {
  const behaviours = behavioursOf(SCENARIOS.indexOf(scenario));
  it.each(behaviours)("has a whole trace, and its own outcome, when its collector $title", async (behaviour) => {
    await using collector = await openCollector(behaviour);
    const submitted = await submitTo(stage, scenario, collector);
    exported[behaviour.counted] += Math.max(1, scenario.endings.length);
    await scenario.act?.(stage, submitted.id);
    await expectCell(stage, scenario, collector, submitted);
  });
});

describe("after all these runs", () => {
  it("the metrics tell what came of their exports", async () => {
    const attempts = Object.values(exported).reduce((sum, count) => sum + count, 0);
    await eventually(async () => {
      expect(await stage.exports("deployment", "ok")).toBe(attempts);
      // What was spooled first is there now.
      expect(await stage.exports("invocation", "ok")).toBe(exported.ok + exported.spooled);
      expect(await stage.exports("invocation", "partial")).toBe(exported.partial);
      expect(await stage.metric("trace_spans_dropped_total", '{reason="refused"}')).toBe(exported.partial);
    });
    expect(await stage.exports("invocation", "spooled")).toBeGreaterThanOrEqual(exported.spooled);
    expect(await stage.exports("invocation", "quarantined")).toBeGreaterThanOrEqual(exported.quarantined);
    expect(await stage.exports("invocation", "refused")).toBe(0);
    // A collector that is closed by now can no longer refuse a credential.
    const [spooled, quarantined] = [
      await stage.metric("trace_spool_attempts"),
      await stage.metric("trace_quarantined_attempts"),
    ];
    expect(spooled + quarantined).toBe(exported.quarantined);
  });

  it("no secret is in a log, in the metrics or at the deployment's collector", async () => {
    await stage.expectNoCanaryInFleet();
  });
});
