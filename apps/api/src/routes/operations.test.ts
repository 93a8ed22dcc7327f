import type { WorkerPresence } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { expect, it } from "vitest";
import { problemOf, startApi } from "../testing/api.ts";
import { altered, away } from "../testing/backends.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });

const WORKER: WorkerPresence = {
  id: "w_1",
  host: "worker-1",
  pid: 4242,
  version: "0.1.0",
  startedAt: "2026-01-15T08:00:00.000Z",
  concurrency: 4,
  running: [],
  rssBytes: 1,
  load: 0.5,
  heartbeatAt: "2026-01-15T08:00:00.000Z",
  containment: "process-group",
};

it("lists the workers that are alive", async () => {
  const api = await startApi(memory());
  await api.backend.workers.beat(WORKER, 60_000);
  expect(await (await api.get("/v1/workers")).json()).toEqual({ items: [WORKER] });
});

it("shows what waits and of whom, pauses it and lets it go on", async () => {
  const api = await startApi(memory());
  await api.submit();
  await api.submit({ delayMs: 60_000 });
  const limits = { tenantQueued: null, queued: null, tenantRunning: null, tenantBytes: null };
  const tenants = [{ tenant: "default", waiting: 1, admitted: 0 }];
  const depth = { waiting: 1, delayed: 1, claimed: 0, paused: false, limits, providers: [], tenants };
  expect(await (await api.get("/v1/queue")).json()).toEqual(depth);
  expect(await (await api.post("/v1/queue/pause")).json()).toEqual({ ...depth, paused: true });
  expect(await (await api.post("/v1/queue/resume")).json()).toEqual(depth);
});

it("answers 503 while the database is away", async () => {
  const api = await startApi(altered(memory(), { workers: { list: away } }));
  expect(await problemOf(await api.get("/v1/workers"))).toMatchObject({ status: 503, code: "unavailable" });
});
