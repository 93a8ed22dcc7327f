import type { InvocationRecord } from "@pifleet/client";
import type { InvocationId } from "@pifleet/invocation";
import { type ModelServer, startModelServer, toolCall } from "@pifleet/testkit/model-server";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";
import { Gate } from "../fleet/gate.ts";
import { modelWith, promptFor } from "../fleet/scripted-agent.ts";

const WORKERS = 2;
const BATCH = 1_000;
const FLOOD = 2 * BATCH;

let models: ModelServer;
let fleet: Fleet;
let gate: Gate;

beforeEach(async () => {
  models = await startModelServer();
  const env = { PIFLEET_CONCURRENCY: "1", PIFLEET_GRACE_MS: "0" };
  fleet = await Fleet.start({ workers: WORKERS, models: models.modelsFile(), env });
  gate = new Gate(fleet.directory);
  models.otherwise(modelWith({ chat: [], held: [toolCall("bash", { command: gate.command })] }));
});
afterEach(async () => {
  await fleet?.stop();
  await models?.close();
});

/** Submits 2,000 invocations that hold their slots until the gate opens; returns the ids, oldest first. */
async function flood(): Promise<InvocationId[]> {
  const invocations = Array.from({ length: BATCH }, () => ({ model: "fake/test", input: promptFor("held") }));
  const ids: InvocationId[] = [];
  while (ids.length < FLOOD) {
    const response = await fleet.fetch("/v1/invocations/batch", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ invocations }),
    });
    const { items } = (await response.json()) as { items: InvocationRecord[] };
    ids.push(...items.map(({ id }) => id));
  }
  return ids.toSorted();
}

it("a tenant's invocations run one after the other while another tenant holds every slot and 2,000 wait", async () => {
  const ids = await flood();
  // The fake model is asked by those that hold the slots; nothing else can have asked it.
  await models.requested(WORKERS);
  const calm = await fleet.clientOf("calm");
  let lastEnd = "";
  for (let i = 0; i < 3; i += 1) {
    const { id } = await calm.invocations.create({ model: "fake/test", input: promptFor("chat") });
    const record = await calm.invocations.wait(id);
    expect(record).toMatchObject({ status: "succeeded", output: "Done.", attempt: 1 });
    lastEnd = record.endedAt ?? "";
  }
  const { client } = fleet;
  const running = await client.invocations.list({ status: "running" });
  expect(running.items).toHaveLength(WORKERS);
  expect(await client.queue.get()).toMatchObject({ waiting: FLOOD - WORKERS });
  await gate.open();
  const holders = new Set(running.items.map(({ id }) => id));
  const next = ids.find((id) => !holders.has(id)) as InvocationId;
  expect(await client.invocations.wait(next)).toMatchObject({ status: "succeeded" });
  const { startedAt } = await client.invocations.get(next);
  expect(Date.parse(startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(lastEnd));
});
