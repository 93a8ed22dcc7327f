import type { WorkerPresence } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** How long a catalog is kept when no worker that has it beats any more, milliseconds. */
export const CATALOG_MS = 600_000;

/**
 * Writes a worker's heartbeat and its connection, if known; it vanishes after `ttlMs` without another one. The result
 * is whether the catalog of its models is there.
 */
export async function beat(
  scripts: Scripts,
  worker: WorkerPresence,
  ttlMs: number,
  connection: string | null,
): Promise<boolean> {
  const { workers, catalogPrefix } = scripts.keys;
  const args = [worker.id, JSON.stringify(worker), ttlMs, connection ?? "", worker.concurrency, CATALOG_MS];
  return (await scripts.run("beat", [workers, catalogPrefix + (worker.models ?? "")], args)) === 1;
}
