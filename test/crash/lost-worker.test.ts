import { CLAIMED_USAGE, hang, text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { alive, processesOfRuns } from "../fleet/processes.ts";
import { ENDLESS_LEASE, endings, PATIENCE, Stage } from "./stage.ts";

/** A tool with children that do not listen to SIGTERM, one of them in a session of its own. */
const STUBBORN = "trap '' TERM; setsid sleep 300 & sleep 301 & sleep 302 & echo begun; wait";

describe("a worker that is killed", () => {
  it("loses its invocation to another worker before the lease ends, and all that it had started is removed", async () => {
    await using stage = await Stage.set({ workers: 2, env: ENDLESS_LEASE });
    stage.models.enqueue(toolCall("bash", { command: STUBBORN }), text("Second time lucky."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    const processes = processesOfRuns(stage.fleet.workspaces);
    expect(processes.length).toBeGreaterThan(4);

    worker.kill("SIGKILL");
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Second time lucky." });
    expect(endings(record)).toEqual(["worker_lost", "succeeded"]);
    expect(record.attempts[1]?.worker).not.toBe(worker.id);
    await expect.poll(() => alive(processes), PATIENCE).toEqual([]);
    await stage.cleared();
  });

  it("leaves what its attempt has cost, which counts against the invocation's budget", async () => {
    await using stage = await Stage.set({ workers: 2, env: ENDLESS_LEASE });
    const { input, output, cacheRead } = CLAIMED_USAGE;
    const costUsd = (input + 10 * output + 0.1 * cacheRead) / 1e6;
    const gate = stage.gate();
    const call = toolCall("bash", { command: gate.command });
    stage.models.enqueue(call, call);
    stage.models.otherwise(() => hang());
    const id = await stage.submit({ limits: { maxCostUsd: costUsd * 1.5 } });
    const worker = await stage.worksOn(id);
    const before = await stage.fleet.client.invocations.get(id);
    expect(before).toMatchObject({
      status: "running",
      usage: { inputTokens: input + cacheRead, outputTokens: output, turns: 1, toolCalls: 1 },
      messageCount: 2,
    });
    expect(before.usage.costUsd).toBeCloseTo(costUsd, 9);

    worker.kill("SIGKILL");
    // Before that, the runner of the dead worker could ask once more.
    await stage.worksOn(id, 2);
    await gate.open();
    // The second answer uses up what the first one has left. With a budget of its own, the attempt would wait for a third.
    const record = await stage.end(id);
    expect(record).toMatchObject({ attempt: 2, error: { code: "budget_exceeded" } });
    expect(record.usage.outputTokens).toBe(2 * output);
    expect(record.usage.costUsd).toBeCloseTo(2 * costUsd, 9);
    await stage.cleared();
  });

  it("loses every invocation that it had, each of them to one attempt", async () => {
    await using stage = await Stage.set({ workers: 1, env: { ...ENDLESS_LEASE, PIFLEET_CONCURRENCY: "4" } });
    const gate = stage.gate();
    stage.models.otherwise(({ body }) =>
      JSON.stringify(body).includes("passed") ? text("Done.") : toolCall("bash", { command: gate.command }),
    );
    const ids = await Promise.all(Array.from({ length: 4 }, () => stage.submit()));
    const [worker] = await Promise.all(ids.map((id) => stage.worksOn(id)));
    await stage.fleet.startWorker();
    worker?.kill("SIGKILL");
    await gate.open();
    for (const id of ids) expect(endings(await stage.end(id))).toEqual(["worker_lost", "succeeded"]);
    await stage.cleared();
  });

  it("loses what it had paused as well, and that stays paused until it is resumed", async () => {
    await using stage = await Stage.set({ workers: 2, env: ENDLESS_LEASE });
    const gate = stage.gate();
    stage.models.enqueue(
      toolCall("bash", { command: gate.command }),
      toolCall("bash", { command: "echo begun" }),
      text("Done."),
    );
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    await stage.fleet.client.invocations.pause(id);
    worker.kill("SIGKILL");

    await stage.event(id, "attempt.started", 2);
    expect(await stage.fleet.client.invocations.get(id)).toMatchObject({ status: "paused", attempt: 2 });
    await stage.fleet.client.invocations.resume(id);
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done." });
    expect(endings(record)).toEqual(["worker_lost", "succeeded"]);
    await stage.cleared();
  });

  it("is cleaned up after by a worker that starts later", async () => {
    await using stage = await Stage.set({ workers: 1, env: ENDLESS_LEASE });
    stage.models.enqueue(toolCall("bash", { command: STUBBORN }));
    const id = await stage.submit({ recovery: "fail" });
    const worker = await stage.worksOn(id);
    worker.kill("SIGKILL");
    await worker.exited();
    await stage.fleet.startWorker();
    expect(await stage.end(id)).toMatchObject({ status: "failed", error: { code: "worker_lost" } });
    await stage.cleared();
  });

  it("loses its invocations to a worker that starts when nobody knows it as alive any more, before the lease ends", async () => {
    await using stage = await Stage.set({ workers: 1, env: ENDLESS_LEASE });
    stage.models.enqueue(toolCall("bash", { command: STUBBORN }), text("At last."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    worker.kill("SIGKILL");
    await worker.exited();
    await expect.poll(() => stage.fleet.client.workers.list(), PATIENCE).toEqual([]);
    await stage.fleet.startWorker();
    expect(endings(await stage.end(id))).toEqual(["worker_lost", "succeeded"]);
    await stage.cleared();
  });
});

describe("an invocation whose worker dies every time", () => {
  it("fails after the first attempt when it must not be run again", async () => {
    await using stage = await Stage.set({ workers: 2, env: ENDLESS_LEASE });
    stage.models.enqueue(toolCall("bash", { command: "echo begun; sleep 300" }));
    const id = await stage.submit({ recovery: "fail" });
    const worker = await stage.worksOn(id);
    worker.kill("SIGKILL");
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "failed", error: { code: "worker_lost" } });
    expect(endings(record)).toEqual(["worker_lost"]);
    expect(stage.models.requests).toHaveLength(1);
    await stage.cleared();
  });
});
