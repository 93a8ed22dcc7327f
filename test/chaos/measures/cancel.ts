import { setTimeout } from "node:timers/promises";
import { alive, processesOfRuns } from "../../fleet/processes.ts";
import { promptFor } from "../agent.ts";
import { Arena } from "../arena.ts";
import type { Options } from "../options.ts";
import { distribution } from "../statistics.ts";

const LOOK_MS = 1;

/** Cancels running invocations, one after the other: how long until their processes are gone, and until they ended. */
export async function cancelRuns({ times }: Options, say: (line: string) => void): Promise<boolean> {
  await using arena = await Arena.open({ workers: 1, apis: 1 });
  for (const task of ["waiting", "work", "family"] as const) {
    const gone: number[] = [];
    const ended: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const { goneMs, endedMs } = await cancelOne(arena, task);
      gone.push(goneMs);
      ended.push(endedMs);
    }
    say(
      `Cancel of a run (${task}) to its process tree gone: ${distribution(gone)}; to its end: ${distribution(ended)}`,
    );
  }
  return true;
}

async function cancelOne(arena: Arena, task: "waiting" | "work" | "family") {
  const { client } = arena.fleet;
  const { id } = await client.invocations.create({ model: "fake/test", input: promptFor(task) });
  const begun = task === "waiting" ? "turn.started" : "tool.output";
  for await (const { type } of client.invocations.stream(id)) if (type === begun) break;
  const processes = processesOfRuns(arena.fleet.workspaces);
  const askedAt = performance.now();
  const ended = client.invocations
    .cancel(id)
    .then(() => client.invocations.wait(id))
    .then(() => performance.now() - askedAt);
  while (alive(processes).length > 0) await setTimeout(LOOK_MS);
  const goneMs = performance.now() - askedAt;
  return { goneMs, endedMs: await ended };
}
