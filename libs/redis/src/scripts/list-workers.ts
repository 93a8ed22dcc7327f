import type { WorkerPresence } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** The workers that live, in no order. */
export async function listWorkers(scripts: Scripts): Promise<WorkerPresence[]> {
  const { workers, workerDeadlines } = scripts.keys;
  const presences = (await scripts.run("list-workers", [workers, workerDeadlines], [])) as string[];
  return presences.map((json) => JSON.parse(json) as WorkerPresence);
}
