import { FleetQueue, WorkerPresence } from "@pifleet/invocation";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { fleetQueue } from "../fleet-queue.ts";
import { problemResponses } from "../problems.ts";

const tags = ["operations"];

const WorkerList = z.object({ items: z.array(WorkerPresence) }).meta({ id: "WorkerList" });

/** Adds what operators see and do. */
export function operationRoutes(app: App, { backend, limits }: Services): void {
  const show = () => fleetQueue(backend, limits);
  const config = { scope: "operator" } as const;
  const responses = { 200: FleetQueue, ...problemResponses(401, 403, 503) };
  const queue = (operationId: string, summary: string) => ({ operationId, summary, tags, response: responses });

  const workers = {
    operationId: "listWorkers",
    summary: "List the workers that are alive",
    tags,
    response: { 200: WorkerList, ...problemResponses(401, 403, 503) },
  };
  app.get("/workers", { schema: workers, config }, async () => ({ items: await backend.workers.list() }));
  app.get("/queue", { schema: queue("getQueue", "What waits, and of whom"), config }, async () => show());
  app.post("/queue/pause", { schema: queue("pauseQueue", "Stop all workers from claiming"), config }, async () => {
    await backend.queue.pause();
    return show();
  });
  app.post("/queue/resume", { schema: queue("resumeQueue", "Let workers claim again"), config }, async () => {
    await backend.queue.resume();
    return show();
  });
}
