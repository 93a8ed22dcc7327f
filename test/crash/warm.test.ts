import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { alive, waitingRunners } from "../fleet/processes.ts";
import { ENDLESS_LEASE, endings, NO_WARM, PATIENCE, Stage } from "./stage.ts";

const TWO_WARM = { PIFLEET_CONCURRENCY: "2", PIFLEET_WARM: "2" };

/** The runners that wait or are about to, once there are two. */
async function started(stage: Stage): Promise<{ pid: number; run: string }[]> {
  const look = () => waitingRunners(stage.fleet.workspaces);
  await expect.poll(look, PATIENCE).toHaveLength(2);
  return look();
}

/** The runners that wait, once there are two. */
async function waiting(stage: Stage): Promise<{ pid: number; run: string }[]> {
  const warm = async () => (await stage.fleet.client.workers.list()).map((worker) => worker.warm);
  await expect.poll(warm, PATIENCE).toEqual([2]);
  return started(stage);
}

describe("a runner that waits", () => {
  it("serves the next invocation, and is counted as warm", async () => {
    await using stage = await Stage.set({ env: TWO_WARM });
    await waiting(stage);
    expect(await stage.end(await stage.submit())).toMatchObject({ status: "succeeded", attempt: 1 });
    const metrics = async () => (await stage.fleet.fetch("/metrics")).text();
    await expect.poll(metrics, PATIENCE).toMatch(/^pifleet_runner_starts_total\{kind="warm"\} 1$/m);
    await stage.cleared();
  });

  it("that is killed is replaced, and no invocation notices", async () => {
    await using stage = await Stage.set({ env: TWO_WARM });
    const before = await waiting(stage);
    for (const { pid } of before) process.kill(pid, "SIGKILL");
    const record = await stage.end(await stage.submit());
    expect(endings(record)).toEqual(["succeeded"]);
    const runs = (await started(stage)).map(({ run }) => run);
    expect(runs.filter((run) => before.some((other) => other.run === run))).toEqual([]);
    await stage.cleared();
  });

  it("ends when its worker is killed, and what it leaves is removed by another worker", async () => {
    await using stage = await Stage.set({ env: { ...TWO_WARM, ...ENDLESS_LEASE } });
    const [worker] = stage.fleet.workers;
    // One that cannot end by itself, and one that does.
    const [stopped, other] = await started(stage);
    process.kill(stopped?.pid ?? 0, "SIGSTOP");
    worker?.kill("SIGKILL");
    await worker?.exited();
    await expect.poll(() => alive([other?.pid ?? 0]), PATIENCE).toEqual([]);
    await stage.fleet.startWorker(NO_WARM);
    await expect.poll(() => alive([stopped?.pid ?? 0]), PATIENCE).toEqual([]);
    await expect.poll(() => waitingRunners(stage.fleet.workspaces), PATIENCE).toEqual([]);
    await stage.cleared();
  });

  it("ends at once when its worker is told to stop, while an attempt goes on", async () => {
    await using stage = await Stage.set({ env: { ...TWO_WARM, PIFLEET_GRACE_MS: "60000" } });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    await started(stage);
    worker.kill("SIGTERM");
    await expect.poll(() => waitingRunners(stage.fleet.workspaces), PATIENCE).toEqual([]);
    expect((await stage.fleet.client.invocations.get(id)).status).toBe("running");
    await gate.open();
    expect(await stage.end(id)).toMatchObject({ status: "succeeded", attempt: 1 });
    expect(await worker.exited()).toBe(0);
    await stage.cleared();
  });
});
