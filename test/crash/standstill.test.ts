import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it } from "vitest";
import { Link } from "../fleet/link.ts";
import { processesOfRuns, stateOf } from "../fleet/processes.ts";
import { PATIENCE, SHORT_LEASE, Stage } from "./stage.ts";

function states(stage: Stage): (string | undefined)[] {
  return [...new Set(processesOfRuns(stage.fleet.workspaces).map(stateOf))];
}

describe("while Redis is away, an agent", () => {
  it("stands still from the lease's end on, and its log tells for how long it did", async () => {
    await using link = await Link.toRedis();
    await using stage = await Stage.set({ redisUrl: link.redisUrl, env: SHORT_LEASE });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."));
    const id = await stage.submit();
    await stage.worksOn(id);
    link.silence();
    await expect.poll(() => states(stage), PATIENCE).toEqual(["T"]);
    link.heal();
    expect(await stage.event(id, "log")).toMatchObject({
      level: "warn",
      message: expect.stringMatching(/could not reach Redis .* stood still for \d+\.\d s, and goes on$/),
    });
    await expect.poll(() => states(stage), PATIENCE).not.toContain("T");
    await gate.open();
    expect(await stage.end(id)).toMatchObject({ status: "succeeded", attempt: 1 });
    await stage.cleared();
  });
});
