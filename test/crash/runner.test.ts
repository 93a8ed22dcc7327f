import { slow, text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { alive, processesNaming, processesOfRuns, runnersOf } from "../fleet/processes.ts";
import { endings, PATIENCE, Stage } from "./stage.ts";

/** Seconds, by which the tool's process can be told from all others. */
const LONG = "86399.25";

describe("a runner", () => {
  it("that is killed is noticed at once, and the next attempt succeeds", async () => {
    await using stage = await Stage.set();
    stage.models.enqueue(
      toolCall("bash", { command: "setsid sleep 300 & echo begun; sleep 301" }),
      text("Second time lucky."),
    );
    const id = await stage.submit();
    const { pid } = await stage.worksOn(id);
    const processes = processesOfRuns(stage.fleet.workspaces);
    for (const runner of runnersOf(pid, stage.fleet.workspaces)) process.kill(runner, "SIGKILL");
    const record = await stage.end(id);
    expect(record.status).toBe("succeeded");
    expect(endings(record)).toEqual(["runner_crashed", "succeeded"]);
    expect(alive(processes)).toEqual([]);
    await stage.cleared();
  });

  it("that hangs is ended after the idle deadline, and the next attempt succeeds", async () => {
    await using stage = await Stage.set();
    stage.models.enqueue(slow(200, "Never said to the end, because it hangs on the way."), text("Second time lucky."));
    const id = await stage.submit({ limits: { firstByteMs: 3_000, idleMs: 3_000 } });
    const { pid } = await stage.runs(id);
    await stage.event(id, "message.delta");
    const runners = runnersOf(pid, stage.fleet.workspaces);
    for (const runner of runners) process.kill(runner, "SIGSTOP");
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Second time lucky." });
    expect(endings(record)).toEqual(["runner_crashed", "succeeded"]);
    const ended = await stage.event(id, "attempt.ended");
    expect(ended).toMatchObject({ error: { message: expect.stringContaining("hung") } });
    expect(alive(runners)).toEqual([]);
    await stage.cleared();
  });

  it("that runs out of memory says so, and its worker lives on", async () => {
    await using stage = await Stage.set({ env: { PIFLEET_RUNNER_HEAP_MB: "64" } });
    stage.models.enqueue(
      toolCall("bash", { command: "yes '' | head -c 40000000 > lines" }),
      toolCall("edit", { path: "lines", edits: [{ oldText: "here", newText: "there" }] }),
      text("Done."),
    );
    const id = await stage.submit();
    expect(await stage.end(id)).toMatchObject({ status: "failed", error: { code: "runner_out_of_memory" } });
    expect(await stage.end(await stage.submit())).toMatchObject({ status: "succeeded" });
    await stage.cleared();
  });

  it("whose tool is killed tells the agent and goes on", async () => {
    await using stage = await Stage.set();
    stage.models.enqueue(toolCall("bash", { command: `echo begun; exec sleep ${LONG}` }), text("I noticed."));
    const id = await stage.submit();
    await stage.worksOn(id);
    const sleep = `sleep\0${LONG}`;
    await expect.poll(() => processesNaming(sleep), PATIENCE).toHaveLength(1);
    for (const pid of processesNaming(sleep)) process.kill(pid, "SIGKILL");
    expect(await stage.end(id)).toMatchObject({ status: "succeeded", output: "I noticed.", attempt: 1 });
    await stage.cleared();
  });
});
