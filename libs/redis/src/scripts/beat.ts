import type { WorkerPresence } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** Writes a worker's heartbeat; it vanishes after `ttlMs` without another one. */
export async function beat(scripts: Scripts, worker: WorkerPresence, ttlMs: number): Promise<void> {
  const { workers, workerDeadlines } = scripts.keys;
  await scripts.run("beat", [workers, workerDeadlines], [worker.id, JSON.stringify(worker), ttlMs]);
}
