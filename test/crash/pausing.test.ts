import { setTimeout } from "node:timers/promises";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { processesOfRuns, stateOf } from "../fleet/processes.ts";
import { endings, NO_WARM, PATIENCE, SHORT_LEASE, Stage } from "./stage.ts";

/** Longer than a short lease and than the idle deadline of these tests. */
const LONG_PAUSE_MS = 3_500;
const LIMITS = { firstByteMs: 3_000, idleMs: 3_000 };

function states(stage: Stage): (string | undefined)[] {
  return processesOfRuns(stage.fleet.workspaces).map(stateOf);
}

describe("a paused invocation", () => {
  it("has all its processes stopped, is kept longer than the lease by its worker, and continues where it was", async () => {
    await using stage = await Stage.set({ workers: 2, env: SHORT_LEASE });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: `setsid sleep 300 & ${gate.command}; kill %1` }), text("Done."));
    const id = await stage.submit({ limits: LIMITS });
    await stage.worksOn(id);
    expect(await stage.fleet.client.invocations.pause(id)).toMatchObject({ status: "paused" });
    await expect.poll(() => [...new Set(states(stage))], PATIENCE).toEqual(["T"]);
    const stopped = processesOfRuns(stage.fleet.workspaces);
    expect(stopped.length).toBeGreaterThan(2);
    await gate.open();
    await setTimeout(LONG_PAUSE_MS);
    expect(stopped.map(stateOf)).toEqual(stopped.map(() => "T"));
    expect(await stage.fleet.client.invocations.get(id)).toMatchObject({ status: "paused", attempt: 1 });

    expect(await stage.fleet.client.invocations.resume(id)).toMatchObject({ status: "running" });
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done." });
    expect(endings(record)).toEqual(["succeeded"]);
    await stage.cleared();
  });

  it("is still ended by its total deadline", async () => {
    await using stage = await Stage.set();
    stage.models.enqueue(toolCall("bash", { command: "echo begun; sleep 300" }));
    const id = await stage.submit({ limits: { firstByteMs: 6_000, idleMs: 6_000, totalMs: 6_000 } });
    await stage.worksOn(id);
    await stage.fleet.client.invocations.pause(id);
    expect(await stage.end(id)).toMatchObject({ status: "timed_out", error: { code: "timeout_total" }, attempt: 1 });
    await stage.cleared();
  });

  it("can be paused while its runner is still starting, and continues", async () => {
    await using stage = await Stage.set({ env: NO_WARM });
    const id = await stage.submit();
    await stage.runs(id);
    await stage.fleet.client.invocations.pause(id);
    await expect.poll(() => [...new Set(states(stage))], PATIENCE).toEqual(["T"]);
    await stage.fleet.client.invocations.resume(id);
    expect(await stage.end(id)).toMatchObject({ status: "succeeded", attempt: 1 });
    await stage.cleared();
  });

  it("that its worker hands back stays paused in the next attempt until it is resumed", async () => {
    await using stage = await Stage.set({ workers: 2 });
    stage.models.enqueue(toolCall("bash", { command: "echo begun; sleep 300" }), text("Done."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    await stage.fleet.client.invocations.pause(id);
    await expect.poll(() => [...new Set(states(stage))], PATIENCE).toEqual(["T"]);
    expect(await worker.stop()).toBe(0);
    await stage.event(id, "attempt.started", 2);
    expect(await stage.fleet.client.invocations.get(id)).toMatchObject({ status: "paused", attempt: 2 });
    await stage.fleet.client.invocations.resume(id);
    const record = await stage.end(id);
    expect(endings(record)).toEqual(["handed_back", "succeeded"]);
    await stage.cleared();
  });
});

describe("a paused queue", () => {
  it("lets nobody claim and lets what runs go on, until it is resumed", async () => {
    await using stage = await Stage.set();
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("First."), text("Second."));
    const first = await stage.submit();
    await stage.worksOn(first);
    expect(await stage.fleet.client.queue.pause()).toMatchObject({ paused: true });
    const second = await stage.submit();
    await gate.open();
    expect(await stage.end(first)).toMatchObject({ output: "First." });
    expect(await stage.fleet.client.invocations.get(second)).toMatchObject({ status: "queued", attempt: 0 });
    expect(await stage.fleet.client.queue.get()).toMatchObject({ waiting: 1, claimed: 0 });
    await stage.fleet.client.queue.resume();
    expect(await stage.end(second)).toMatchObject({ output: "Second." });
  });
});
