import type { WorkerPresence } from "@pifleet/invocation";

/** A worker that beats now and runs up to four attempts at once. */
export function sampleWorker(id: string): WorkerPresence {
  const at = new Date().toISOString();
  return {
    id,
    host: "host-1",
    pid: 4_242,
    version: "0.1.0",
    startedAt: at,
    concurrency: 4,
    running: [],
    rssBytes: 100_000_000,
    load: 0.5,
    heartbeatAt: at,
    containment: "process-group",
  };
}
