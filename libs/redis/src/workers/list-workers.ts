import type { WorkerPresence } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** A worker of schema 1 that has been silent for this long is dead; milliseconds. Longer than clocks differ. */
const SILENT_MS = 60_000;

/** The workers that live, in no order. */
export async function listWorkers(scripts: Scripts): Promise<WorkerPresence[]> {
  const since = new Date(Date.now() - SILENT_MS).toISOString();
  const presences = (await scripts.run("list-workers", [scripts.keys.workers], [since])) as string[];
  return presences.map((json) => JSON.parse(json) as WorkerPresence);
}
