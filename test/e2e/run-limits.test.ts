import { rmSync } from "node:fs";
import type { InvocationRecord } from "@pifleet/client";
import { isTerminal } from "@pifleet/invocation";
import { type ModelServer, startModelServer, text, toolCall } from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";
import { Gate } from "../fleet/gate.ts";
import { processesOfRuns } from "../fleet/processes.ts";

/** Twice as many processes with each step, 256 in all: a fork bomb that burns out. */
const FORKS = "fork() { if [ $1 -gt 0 ]; then fork $(($1 - 1)) & fork $(($1 - 1)) & fi; sleep 60; wait; }; fork 7";
const MEMORY = `perl -e '$text = "x" x 250_000_000; sleep 60'`;
const DISK = "head -c 40000000 /dev/zero > filled; sleep 60";

let models: ModelServer;
let fleet: Fleet;

beforeAll(async () => {
  models = await startModelServer();
  const limits = { PIFLEET_RUN_PROCESSES: "60", PIFLEET_RUN_MEMORY_MB: "250", PIFLEET_RUN_DISK_MB: "20" };
  fleet = await Fleet.start({ models: models.modelsFile(), env: { ...limits, PIFLEET_CONCURRENCY: "4" } });
});
afterAll(async () => {
  await fleet?.stop();
  await models?.close();
});

async function submit(input: string): Promise<string> {
  return (await fleet.client.invocations.create({ model: "fake/test", input })).id;
}

const ended = (id: string): Promise<InvocationRecord> => fleet.client.invocations.wait(id);

it.each([
  ["forks", FORKS, "The run had more than 60 processes at once (PIFLEET_RUN_PROCESSES)"],
  ["takes memory", MEMORY, "The run took more than 250 MB of memory (PIFLEET_RUN_MEMORY_MB)"],
  ["writes", DISK, "The run wrote more than 20 MB to its workspace and temporary files (PIFLEET_RUN_DISK_MB)"],
])(
  "a run that %s without end is ended, and its neighbour on the same worker is not",
  async (_what, command, message) => {
    const gate = new Gate(fleet.directory);
    models.otherwise(({ body }) => {
      const conversation = JSON.stringify(body);
      if (conversation.includes('"role":"tool"')) return text("Done.");
      return toolCall("bash", { command: conversation.includes("attack") ? command : gate.command });
    });
    const neighbour = await submit("work");
    const attacker = await submit("attack");
    const record = await ended(attacker);
    expect(record).toMatchObject({ status: "failed", error: { code: "run_limit_exceeded", message } });
    expect(record.attempts).toHaveLength(1);
    expect(isTerminal((await fleet.client.invocations.get(neighbour)).status)).toBe(false);
    await gate.open();
    expect(await ended(neighbour)).toMatchObject({ status: "succeeded", attempt: 1 });
    await expect.poll(() => processesOfRuns(fleet.workspaces), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => fleet.remains(), { timeout: 20_000 }).toEqual([]);
    expect(fleet.workers[0]?.alive).toBe(true);
    rmSync(gate.path);
  },
);
