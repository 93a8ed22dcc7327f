import type { WorkerPresence } from "@pifleet/invocation";

/** A worker on the list. */
export function presenceOf(id: string): WorkerPresence {
  const at = new Date().toISOString();
  return {
    id,
    host: "host-1",
    pid: process.pid,
    version: "0.1.0",
    startedAt: at,
    concurrency: 1,
    running: [],
    rssBytes: 0,
    load: 0,
    heartbeatAt: at,
    containment: "none",
  };
}
