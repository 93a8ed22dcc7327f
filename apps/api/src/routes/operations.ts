import { type Backend, WorkerPresence } from "@pifleet/invocation";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { problemResponses } from "../problems.ts";

const tags = ["operations"];

const WorkerList = z.object({ items: z.array(WorkerPresence) }).meta({ id: "WorkerList" });

const QueueDepth = z
  .object({
    waiting: z.int().min(0).describe("May be claimed now"),
    delayed: z.int().min(0).describe("May be claimed later"),
    claimed: z.int().min(0).describe("Held by a worker"),
    paused: z.boolean().describe("Whether workers claim nothing"),
  })
  .meta({ id: "Queue" });

/** Adds what operators see and do. */
export function operationRoutes(app: App, { backend }: Services): void {
  const config = { scope: "admin" } as const;
  const responses = { 200: QueueDepth, ...problemResponses(401, 403, 503) };
  const queue = (operationId: string, summary: string) => ({ operationId, summary, tags, response: responses });

  const workers = {
    operationId: "listWorkers",
    summary: "List the workers that are alive",
    tags,
    response: { 200: WorkerList, ...problemResponses(401, 403, 503) },
  };
  app.get("/workers", { schema: workers, config }, async () => ({ items: await backend.workers.list() }));
  app.get("/queue", { schema: queue("getQueue", "How deep the queue is"), config }, async () => depth(backend));
  app.post("/queue/pause", { schema: queue("pauseQueue", "Stop all workers from claiming"), config }, async () => {
    await backend.queue.pause();
    return depth(backend);
  });
  app.post("/queue/resume", { schema: queue("resumeQueue", "Let workers claim again"), config }, async () => {
    await backend.queue.resume();
    return depth(backend);
  });
}

async function depth({ queue }: Backend): Promise<z.infer<typeof QueueDepth>> {
  return queue.depth();
}
