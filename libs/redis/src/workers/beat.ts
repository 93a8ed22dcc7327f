import type { WorkerPresence } from "@pifleet/invocation";
import { json, number, numeral, text } from "../scripting/parameters.ts";
import { yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const BEAT = defineScript({
  name: "beat",
  keys: {
    workers: "see workers.lua",
    catalog: "string: the catalog of the models that it can run",
  },
  args: {
    worker: text("id"),
    presence: json("JSON"),
    ttl: number("milliseconds until it vanishes"),
    connection: text("connection; empty when it is not known"),
    own: numeral("how many attempts it runs at once"),
    catalogMs: numeral("milliseconds that a catalog is kept without a heartbeat"),
  },
  reply: yesOrNo("there is such a catalog"),
});

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
  return scripts.call(
    BEAT,
    { workers, catalog: catalogPrefix + (worker.models ?? "") },
    {
      worker: worker.id,
      presence: worker,
      ttl: ttlMs,
      connection: connection ?? "",
      own: worker.concurrency,
      catalogMs: CATALOG_MS,
    },
  );
}
