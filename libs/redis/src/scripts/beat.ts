import type { WorkerPresence } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** Writes a worker's heartbeat and its connection, if known; it vanishes after `ttlMs` without another one. */
export async function beat(
  scripts: Scripts,
  worker: WorkerPresence,
  ttlMs: number,
  connection: string | null,
): Promise<void> {
  const args = [worker.id, JSON.stringify(worker), ttlMs, connection ?? "", worker.concurrency];
  await scripts.run("beat", [scripts.keys.workers], args);
}
