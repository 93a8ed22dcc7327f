import { setTimeout } from "node:timers/promises";
import { RedisServer } from "@pifleet/testkit";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it, vi } from "vitest";
import { Link } from "../fleet/link.ts";
import { alive, processesNaming, processesOfRuns, stateOf } from "../fleet/processes.ts";
import { endings, PATIENCE, SHORT_LEASE, Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Longer than the short lease, milliseconds. */
const OUTAGE_MS = 4_000;
/** With the lease that a fleet has by default, 10 s: one that ends before it, a usual failover, and longer ones. */
const OUTAGES_S = [5, 13, 30, 60];

function states(stage: Stage): (string | undefined)[] {
  return [...new Set(processesOfRuns(stage.fleet.workspaces).map(stateOf))];
}

describe("while Redis is away, an agent", () => {
  it.each(OUTAGES_S)("keeps its attempt and its processes through an outage of %i s", async (seconds) => {
    await using link = await Link.toRedis();
    await using stage = await Stage.set({ workers: 2, redisUrl: link.redisUrl });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."));
    const id = await stage.submit({ limits: { maxAttempts: 1 } });
    await stage.worksOn(id);
    const processes = processesNaming(gate.path);
    expect(processes).not.toEqual([]);
    link.silence();
    await setTimeout(seconds * 1_000);
    link.heal();
    await expect.poll(() => stage.fleet.api.isReady(), PATIENCE).toBe(true);
    await expect.poll(() => processes.map(stateOf), PATIENCE).not.toContain("T");
    expect(alive(processes)).toEqual(processes);
    await gate.open();
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done.", attempt: 1 });
    expect(endings(record)).toEqual(["succeeded"]);
    await stage.cleared();
  });

  it("that comes to its end meanwhile is settled once, with what it came to", async () => {
    await using link = await Link.toRedis();
    await using stage = await Stage.set({ workers: 2, redisUrl: link.redisUrl });
    const gate = stage.gate();
    stage.models.enqueue(toolCall("bash", { command: gate.command }), text("Done."));
    const id = await stage.submit();
    await stage.worksOn(id);
    link.silence();
    await gate.open();
    await stage.models.requested(2);
    await setTimeout(18_000);
    link.heal();
    const record = await stage.end(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done.", attempt: 1 });
    expect(endings(record)).toEqual(["succeeded"]);
    expect(stage.models.requests).toHaveLength(2);
    await stage.cleared();
  });
});

describe("claims survive", () => {
  it.each([
    [
      "a Redis that stands still for longer than the lease",
      async (server: RedisServer) => {
        server.freeze();
        await setTimeout(OUTAGE_MS);
        server.thaw();
      },
    ],
    [
      "a Redis that dies and comes back with what it had",
      async (server: RedisServer) => {
        await server.stop();
        await setTimeout(OUTAGE_MS);
        await server.start(...PERSISTENT);
      },
    ],
  ])("%s, several times", async (_what, outage) => {
    await using server = await RedisServer.reserve();
    await server.start(...PERSISTENT);
    await using stage = await Stage.set({ workers: 2, redisUrl: server.url, env: SHORT_LEASE });
    const gates = [stage.gate(), stage.gate(), stage.gate()];
    for (const gate of gates) stage.models.enqueue(toolCall("bash", { command: gate.command }));
    stage.models.otherwise(() => text("Done."));
    const ids = [];
    for (const _gate of gates) {
      const id = await stage.submit({ limits: { maxAttempts: 1 } });
      await stage.worksOn(id);
      ids.push(id);
    }
    for (let i = 0; i < 3; i += 1) {
      await outage(server);
      await expect.poll(() => stage.fleet.api.isReady(), PATIENCE).toBe(true);
      await expect.poll(() => states(stage), PATIENCE).not.toContain("T");
    }
    await Promise.all(gates.map((gate) => gate.open()));
    const records = await Promise.all(ids.map((id) => stage.end(id)));
    expect(records.map(endings)).toEqual(ids.map(() => ["succeeded"]));
    await stage.cleared();
  });
});

const PERSISTENT = ["--appendonly", "yes", "--appendfsync", "always"];
