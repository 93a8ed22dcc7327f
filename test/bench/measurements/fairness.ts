import type { Client } from "@pifleet/client";
import type { Fleet } from "../../fleet/fleet.ts";
import { promptFor, type Task } from "../agent.ts";
import type { Measure, Setting } from "../report.ts";

const RUNS_PER_ROUND = 4;
const CONCURRENCY = 4;
/** Fewer than a tenant may have queued. */
const FLOOD = 1_990;
const BATCH = 995;

/** How long one tenant's single invocation takes to start, alone and while another tenant has submitted 1,990. */
export const measureFairness: Measure = async ({ stage, rounds, say }) => {
  const env = { PIFLEET_CONCURRENCY: String(CONCURRENCY) };
  const idle: number[] = [];
  const flooded = async (task: Task): Promise<number[]> => {
    const { fleet } = await stage.startFleet({ traced: true, env });
    const calm = await fleet.clientOf("calm");
    await delays(calm, RUNS_PER_ROUND);
    idle.push(...(await delays(calm, rounds * RUNS_PER_ROUND)));
    await flood(fleet, stage, task);
    const values = await delays(calm, rounds * RUNS_PER_ROUND);
    say(`beside a flood of ${task}`);
    await fleet.stop();
    return values;
  };
  const waiting = await flooded("waiting");
  const busy = await flooded("chat");
  return {
    title: "Start of one tenant's single invocation while another one floods",
    method:
      `Submission → start of the attempt; one invocation after the other, worker of ${CONCURRENCY} attempts. ` +
      `The flood is ${FLOOD} invocations, whose agents wait for their model or take all the CPU there is.`,
    figures: [
      { name: "idle fleet", unit: "ms", values: idle },
      { name: "the flood waits for its model", unit: "ms", values: waiting },
      { name: "the flood takes all CPU", unit: "ms", values: busy },
    ],
    comparisons: [],
  };
};

/** From before each submission to the start of its attempt, milliseconds. */
async function delays(client: Client, count: number): Promise<number[]> {
  const values: number[] = [];
  while (values.length < count) {
    const begin = Date.now();
    const { id } = await client.invocations.create({ model: "fake/test", input: promptFor("chat") });
    const { startedAt } = await client.invocations.wait(id);
    values.push(Date.parse(startedAt ?? "") - begin);
  }
  return values;
}

/** Resolves when the flood has every slot. */
async function flood(fleet: Fleet, { models }: Setting["stage"], task: Task): Promise<void> {
  const running = models.requested(models.requests.length + CONCURRENCY);
  const invocations = Array.from({ length: BATCH }, () => ({ model: "fake/test", input: promptFor(task) }));
  const body = JSON.stringify({ invocations });
  const headers = { "content-type": "application/json" };
  for (let sent = 0; sent < FLOOD; sent += BATCH) {
    const answer = await fleet.fetch("/v1/invocations/batch", { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`the flood was refused: ${await answer.text()}`);
    await answer.text();
  }
  await running;
}
