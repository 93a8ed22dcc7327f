import * as z from "zod";
import type { App, Services } from "../app.ts";
import type { Metrics } from "../metrics.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses } from "../problems.ts";

const Health = z.object({ status: z.literal("ok") }).meta({ id: "Health" });

const common = { tags: ["health"], security: [] };

/** Adds what load balancers and monitoring ask for, without a key. */
export function healthRoutes(app: App, { backend, stopping }: Services, metrics: Metrics): void {
  const live = { operationId: "isLive", summary: "Whether this process works", ...common, response: { 200: Health } };
  app.get("/livez", { schema: live, logLevel: "warn" }, async () => ({ status: "ok" as const }));

  const ready = {
    operationId: "isReady",
    summary: "Whether requests can be served: the database answers and takes writes, and this process does not stop",
    ...common,
    response: { 200: Health, ...problemResponses(503) },
  };
  app.get("/readyz", { schema: ready, logLevel: "warn" }, async () => {
    if (stopping.aborted) throw new ProblemError(503, "stopping", "This process is about to stop");
    await backend.ping();
    const reason = await backend.refusesWrites();
    if (reason !== null) throw new ProblemError(503, "writes_refused", reason);
    return { status: "ok" as const };
  });

  const figures = {
    operationId: "getMetrics",
    summary: "Figures in the Prometheus text format",
    ...common,
    response: { 200: { description: "The figures", content: { "text/plain": { schema: z.string() } } } },
  };
  app.get("/metrics", { schema: figures, logLevel: "warn" }, async (_request, reply) =>
    reply.header("content-type", metrics.contentType).send(await metrics.text()),
  );
}
