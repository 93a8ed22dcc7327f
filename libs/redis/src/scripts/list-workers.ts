import type { WorkerPresence } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** The workers that live, in no order. */
export async function listWorkers(scripts: Scripts): Promise<WorkerPresence[]> {
  const presences = (await scripts.run("list-workers", [scripts.keys.workers], [])) as string[];
  return presences.map((json) => JSON.parse(json) as WorkerPresence);
}
