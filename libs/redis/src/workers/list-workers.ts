import type { WorkerPresence } from "@pifleet/invocation";
import { text } from "../scripting/parameters.ts";
import { listOf, textOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const LIST_WORKERS = defineScript({
  name: "list-workers",
  keys: {
    workers: "hash from id to presence, see workers.lua",
  },
  args: {
    since: text("a time: the last sign of life that a worker of schema 1 must have given since"),
  },
  reply: listOf(textOf("presence, JSON")),
});

/** A worker of schema 1 that has been silent for this long is dead; milliseconds. Longer than clocks differ. */
const SILENT_MS = 60_000;

/** The workers that live, in no order. */
export async function listWorkers(scripts: Scripts): Promise<WorkerPresence[]> {
  const since = new Date(Date.now() - SILENT_MS).toISOString();
  const presences = await scripts.call(LIST_WORKERS, { workers: scripts.keys.workers }, { since });
  return presences.map((json) => JSON.parse(json) as WorkerPresence);
}
