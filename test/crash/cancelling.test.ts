import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { Link } from "../fleet/link.ts";
import { alive, processesOfRuns, stateOf, waitingRunners } from "../fleet/processes.ts";
import { NO_WARM, PATIENCE, Stage } from "./stage.ts";

const CANCELLED = { status: "cancelled", error: { code: "cancelled" }, attempt: 1 };
/** A tool whose processes do not listen to SIGTERM, one of them in a session of its own, holding the tool's output. */
const STUBBORN = "trap '' TERM; setsid sleep 300 & sleep 301 & echo begun; wait";

describe("cancelling", () => {
  it("reaches a run from another API than the one that it was submitted to, and ends its whole process tree", async () => {
    await using stage = await Stage.set({ apis: 2 });
    const [one, other] = stage.fleet.apis;
    stage.models.enqueue(toolCall("bash", { command: STUBBORN }, "I start now."));
    const record = await one?.client.invocations.create({ model: "fake/test", input: "Do it." });
    const id = record?.id ?? "";
    await stage.worksOn(id);
    const processes = processesOfRuns(stage.fleet.workspaces);
    const waiting = one?.fetch(`/v1/invocations/${id}?wait=60`);
    await other?.client.invocations.cancel(id);
    expect(await (await waiting)?.json()).toMatchObject({ ...CANCELLED, output: "I start now." });
    expect(alive(processes)).toEqual([]);
    await stage.end(id);
    await stage.cleared();
  });

  it("ends an invocation whose runner is still starting", async () => {
    await using stage = await Stage.set({ env: NO_WARM });
    const id = await stage.submit();
    await stage.runs(id);
    const runners = () => waitingRunners(stage.fleet.workspaces).map(({ pid }) => pid);
    await expect.poll(runners, { timeout: 20_000, interval: 1 }).toHaveLength(1);
    const [runner = 0] = runners();
    process.kill(runner, "SIGSTOP");
    await stage.fleet.client.invocations.cancel(id);
    expect(await stage.end(id)).toMatchObject(CANCELLED);
    expect(alive([runner])).toEqual([]);
    expect(stage.models.requests).toEqual([]);
    await stage.cleared();
  });

  it("is learnt of also when its message to the worker got lost", async () => {
    await using link = await Link.toRedis();
    await using stage = await Stage.set({ workers: 0 });
    await stage.fleet.startWorker({ REDIS_URL: link.redisUrl });
    stage.models.enqueue(toolCall("bash", { command: "echo begun; sleep 300" }));
    const id = await stage.submit();
    await stage.worksOn(id);
    link.lose(":requests");
    await stage.fleet.client.invocations.cancel(id);
    expect(await stage.end(id)).toMatchObject(CANCELLED);
    expect(link.lost).toBeGreaterThan(0);
    await stage.cleared();
  });

  it("ends an invocation that is paused", async () => {
    await using stage = await Stage.set();
    stage.models.enqueue(toolCall("bash", { command: STUBBORN }));
    const id = await stage.submit();
    await stage.worksOn(id);
    const processes = processesOfRuns(stage.fleet.workspaces);
    await stage.fleet.client.invocations.pause(id);
    await expect.poll(() => processes.map(stateOf), PATIENCE).toEqual(processes.map(() => "T"));
    await stage.fleet.client.invocations.cancel(id);
    expect(await stage.end(id)).toMatchObject(CANCELLED);
    expect(alive(processes)).toEqual([]);
    await stage.cleared();
  });

  it("ends an invocation whose worker was killed, instead of another attempt", async () => {
    await using stage = await Stage.set({ env: { PIFLEET_LEASE_MS: "600000" } });
    stage.models.enqueue(toolCall("bash", { command: "echo begun; sleep 300" }), text("Too late."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    worker.kill("SIGKILL");
    await worker.exited();
    await stage.fleet.client.invocations.cancel(id);
    await stage.fleet.startWorker();
    expect(await stage.end(id)).toMatchObject({ status: "cancelled", attempts: [{ ended: "worker_lost" }] });
    expect(stage.models.requests).toHaveLength(1);
    await stage.cleared();
  });
});
