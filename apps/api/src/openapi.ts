import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import * as z from "zod";
import type { App } from "./app.ts";
import { exemplifyAnswers } from "./openapi-answers.ts";
import { tidyComponents } from "./openapi-components.ts";
import { addDiscriminators } from "./openapi-discriminators.ts";
import { ANSWER_EXAMPLES, EXAMPLES } from "./openapi-examples.ts";
import { typeNulls } from "./openapi-nulls.ts";
import { allowNoBodies, exemplifyPathParameters, nestQueries } from "./openapi-parameters.ts";
import { PATH_EXAMPLES, TEXT_EXAMPLES } from "./openapi-route-examples.ts";

const DESCRIPTION = `Pi Fleet runs AI coding agents as background jobs. Submit an invocation, get its id at once, and
follow it by polling, by a held-back answer or by its event stream. Every error is a problem (RFC 9457).`;

const TAGS = [
  { name: "invocations", description: "Submit, follow and cancel runs" },
  { name: "webhooks", description: "Be told of ended invocations, and see what became of each message" },
  { name: "operations", description: "Workers and the queue of the whole fleet; for keys with the scope operator" },
  { name: "health", description: "For load balancers and monitoring; no key needed" },
];

/** Describes all routes that are added after it. The zod schemas of the routes are the source. */
export async function describeRoutes(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Pi Fleet", version: "1", description: DESCRIPTION, license: { name: "MIT", identifier: "MIT" } },
      servers: [{ url: "/" }],
      tags: TAGS,
      security: [{ key: [] }],
      components: { securitySchemes: { key: { type: "http", scheme: "bearer", description: "Your key" } } },
    },
    transform: (route) => namedWildcard(jsonSchemaTransform(route)),
    transformObject: (document) => {
      const tidy = tidyComponents(jsonSchemaTransformObject(document), EXAMPLES);
      const answers = { json: ANSWER_EXAMPLES, text: TEXT_EXAMPLES };
      const exemplified = exemplifyPathParameters(exemplifyAnswers(tidy, answers), PATH_EXAMPLES);
      return allowNoBodies(nestQueries(typeNulls(addDiscriminators(exemplified))), ["cancelInvocation"]);
    },
  });
}

/** The rest of a path is a parameter like others in a description: `path`. */
function namedWildcard<Route extends { url: string; schema: object }>(route: Route): Route {
  if (!route.url.endsWith("/*")) return route;
  const { params } = route.schema as { params?: object };
  const schema = { ...route.schema, params: JSON.parse(JSON.stringify(params ?? {}).replaceAll('"*"', '"path"')) };
  return { ...route, url: `${route.url.slice(0, -1)}:path`, schema };
}

/** Adds `/openapi.json`. */
export function serveDescription(app: App): void {
  let description: Record<string, unknown> | undefined;
  const schema = {
    operationId: "getDescription",
    summary: "This description",
    tags: ["health"],
    security: [],
    response: { 200: { description: "OpenAPI 3.1", content: { "application/json": { schema: z.looseObject({}) } } } },
  };
  app.get("/openapi.json", { schema }, async (_request, reply) => {
    description ??= app.swagger() as unknown as Record<string, unknown>;
    return reply.type("application/json; charset=utf-8").send(description);
  });
}
