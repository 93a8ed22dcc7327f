import { FleetModel } from "@pifleet/invocation";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { problemResponses } from "../problems.ts";

const ModelList = z.object({ items: z.array(FleetModel) }).meta({ id: "ModelList" });

/** Adds `GET /models`. */
export function modelRoutes(app: App, { models }: Services): void {
  const schema = {
    operationId: "listModels",
    summary: "List the models that can run here",
    description:
      "The models that the workers which are alive know, by their ids in order: those of the models file, and those of " +
      "built-in providers whose key a worker has. Empty when no worker is alive.",
    tags: ["invocations"],
    response: { 200: ModelList, ...problemResponses(401, 403, 503) },
  };
  app.get("/models", { schema, config: { scope: "invocations:read" } }, async () => ({
    items: [...(await models.list())],
  }));
}
