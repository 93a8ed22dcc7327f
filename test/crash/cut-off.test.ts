import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { Link } from "../fleet/link.ts";
import { alive, processesOfRuns, stateOf } from "../fleet/processes.ts";
import { endings, PATIENCE, SHORT_LEASE, Stage } from "./stage.ts";

const ALONE = { ...SHORT_LEASE, PIFLEET_CONCURRENCY: "1" };

describe("a worker whose machine is cut off", () => {
  it("lets its run stand still, loses the invocation with the lease, kills and writes nothing when it is back, and claims again", async () => {
    await using link = await Link.toRedis();
    await using stage = await Stage.set({ workers: 0, env: ALONE });
    const [first, second] = [stage.gate(), stage.gate()];
    stage.models.enqueue(
      toolCall("bash", { command: first.command }),
      toolCall("bash", { command: second.command }),
      text("In the other attempt."),
      text("In the next invocation."),
    );
    const cutOff = await stage.fleet.startWorker({ REDIS_URL: link.redisUrl });
    const id = await stage.submit();
    await stage.worksOn(id);
    const processes = processesOfRuns(stage.fleet.workspaces);
    const states = () => [...new Set(alive(processes).map(stateOf))];
    const other = await stage.fleet.startWorker();

    link.silence();
    await expect.poll(states, PATIENCE).toEqual(["T"]);
    expect(await stage.worksOn(id, 2)).toBe(other);
    expect(states()).toEqual(["T"]);
    link.heal();
    await expect.poll(() => alive(processes), PATIENCE).toEqual([]);
    // The other worker is busy: this one runs on the worker that was cut off.
    const next = await stage.submit();
    expect(await stage.runs(next)).toBe(cutOff);
    expect(await stage.end(next)).toMatchObject({ status: "succeeded" });
    await second.open();
    const record = await stage.end(id);
    expect(endings(record)).toEqual(["worker_lost", "succeeded"]);
    await stage.cleared();
  });
});

describe("a worker that stands still beyond its lease", () => {
  it("loses the invocation, kills its runner when it goes on, writes nothing and settles nothing", async () => {
    await using stage = await Stage.set({ workers: 1, env: ALONE });
    const [first, second] = [stage.gate(), stage.gate()];
    stage.models.enqueue(
      toolCall("bash", { command: first.command }),
      toolCall("bash", { command: second.command }),
      text("In the other attempt."),
      text("In the next invocation."),
    );
    const id = await stage.submit();
    const stopped = await stage.worksOn(id);
    const processes = processesOfRuns(stage.fleet.workspaces);
    const other = await stage.fleet.startWorker();

    stopped.kill("SIGSTOP");
    expect(await stage.worksOn(id, 2)).toBe(other);
    stopped.kill("SIGCONT");
    await expect.poll(() => alive(processes), PATIENCE).toEqual([]);
    const next = await stage.submit();
    expect(await stage.runs(next)).toBe(stopped);
    expect(await stage.end(next)).toMatchObject({ status: "succeeded" });
    await second.open();
    expect(endings(await stage.end(id))).toEqual(["worker_lost", "succeeded"]);
    await stage.cleared();
  });

  it("does not settle what its runner has finished meanwhile", async () => {
    await using stage = await Stage.set({ workers: 1, env: ALONE });
    const [first, second] = [stage.gate(), stage.gate()];
    stage.models.enqueue(toolCall("bash", { command: first.command }), toolCall("bash", { command: second.command }));
    stage.models.otherwise(({ body }) =>
      text(JSON.stringify(body).includes(second.path) ? "The second." : "The first."),
    );
    const id = await stage.submit();
    const stopped = await stage.worksOn(id);
    await stage.fleet.startWorker();

    stopped.kill("SIGSTOP");
    await stage.worksOn(id, 2);
    await first.open();
    await stage.models.requested(3);
    stopped.kill("SIGCONT");
    await expect.poll(() => stage.fleet.remains(), PATIENCE).toHaveLength(3);
    await second.open();
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "The second." });
    expect(endings(record)).toEqual(["worker_lost", "succeeded"]);
    await stage.cleared();
  });
});
