import type { WorkerPresence } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** The workers that live, in no order. */
export async function listWorkers(scripts: Scripts): Promise<WorkerPresence[]> {
  const { workers, workerDeadlines, workerConnections, workerSlots } = scripts.keys;
  const keys = [workers, workerDeadlines, workerConnections, workerSlots];
  const presences = (await scripts.run("list-workers", keys, [])) as string[];
  return presences.map((json) => JSON.parse(json) as WorkerPresence);
}
