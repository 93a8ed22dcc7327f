import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { ENDLESS_LEASE, endings, Stage } from "./stage.ts";

/** Services that stand still when they are sent SIGUSR2. */
const HANGING = {
  NODE_OPTIONS: `--import=${fileURLToPath(new URL("./hanging.ts", import.meta.url))}`,
  PIFLEET_WATCHDOG_MS: "1000",
};
const SLEEPS = "echo begun; sleep 300";

describe("a process whose event loop stands still", () => {
  it("is killed when it is a worker, says where it stood, and its invocations go on elsewhere", async () => {
    await using stage = await Stage.set({ workers: 2, env: { ...HANGING, ...ENDLESS_LEASE } });
    stage.models.enqueue(toolCall("bash", { command: SLEEPS }), text("Second time lucky."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    worker.kill("SIGUSR2");
    expect(await worker.exited()).toBe("SIGKILL");
    const { level, app, err } = await worker.logged("the process hangs and is killed");
    expect({ level, app }).toEqual({ level: "fatal", app: "worker" });
    expect(err).toMatchObject({ stack: expect.stringMatching(/at standStill \(.*hanging\.ts:3/) });
    const record = await stage.end(id);
    expect(endings(record)).toEqual(["worker_lost", "succeeded"]);
    await stage.cleared();
  });

  it("is killed when it is an API", async () => {
    await using stage = await Stage.set({ workers: 0, env: HANGING });
    const [api] = stage.fleet.apis;
    api?.kill("SIGUSR2");
    expect(await api?.exited()).toBe("SIGKILL");
    expect(await api?.logged("the process hangs and is killed")).toMatchObject({ app: "api" });
  });

  it("is left alone when it was stopped as a whole, and goes on", async () => {
    await using stage = await Stage.set({ workers: 1, env: { ...HANGING, ...ENDLESS_LEASE } });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."));
    const id = await stage.submit();
    const worker = await stage.worksOn(id);
    worker.kill("SIGSTOP");
    await setTimeout(3_000);
    worker.kill("SIGCONT");
    await gate.open();
    expect(endings(await stage.end(id))).toEqual(["succeeded"]);
    expect(worker.alive).toBe(true);
  });
});
