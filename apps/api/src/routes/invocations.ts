import { InvocationRecord, Span, Status, toRecord } from "@pifleet/invocation";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { Cursor, encodeCursor } from "../cursor.ts";
import { holdBack, WaitSeconds } from "../holding.ts";
import { preferredWait } from "../prefer.ts";
import { problemResponses } from "../problems.ts";
import { spanTree } from "../span-tree.ts";
import { findInvocation, InvocationPath } from "./invocation-path.ts";
import { nextLink } from "./next-link.ts";

const tags = ["invocations"];

const InvocationQuery = z.strictObject({
  status: Status.optional(),
  agent: z.string().max(63).optional().describe("The name of a stored agent"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: Cursor.optional(),
});

const InvocationList = z
  .object({ items: z.array(InvocationRecord), nextCursor: z.string().nullable() })
  .meta({ id: "InvocationList", description: "A page, newest first; nextCursor is null at the end" });

const SpanList = z.object({ items: z.array(Span) }).meta({ id: "SpanList" });

/** Adds what shows the invocations that were submitted. */
export function invocationRoutes(app: App, services: Services): void {
  addGet(app, services);
  addList(app, services);
  addTrace(app, services);
}

function addGet(app: App, services: Services): void {
  const schema = {
    operationId: "getInvocation",
    summary: "Get an invocation, or wait for its end",
    tags,
    params: InvocationPath,
    querystring: z.strictObject({ wait: WaitSeconds.optional() }),
    response: { 200: InvocationRecord, ...problemResponses(400, 401, 404, 503) },
  };
  app.get("/invocations/:id", { schema, config: { scope: "invocations:read" } }, async (request, reply) => {
    const invocation = await findInvocation(services.backend, request);
    const preferred = preferredWait(request.headers.prefer);
    const seconds = request.query.wait ?? preferred ?? 0;
    if (request.query.wait === undefined && preferred !== undefined)
      reply.header("preference-applied", `wait=${preferred}`);
    return toRecord(await holdBack(services, request, invocation, seconds));
  });
}

function addList(app: App, { backend }: Services): void {
  const schema = {
    operationId: "listInvocations",
    summary: "List invocations, newest first",
    tags,
    querystring: InvocationQuery,
    response: { 200: InvocationList, ...problemResponses(400, 401, 503) },
  };
  app.get("/invocations", { schema, config: { scope: "invocations:read" } }, async (request, reply) => {
    const { cursor: after, ...filter } = request.query;
    const page = await backend.store.list({ tenant: request.identity.tenant, ...filter, after });
    const nextCursor = page.next && encodeCursor(page.next);
    if (nextCursor !== null) reply.header("link", nextLink("/v1/invocations", { ...filter, cursor: nextCursor }));
    return { items: page.items.map(toRecord), nextCursor };
  });
}

function addTrace(app: App, { backend }: Services): void {
  const schema = {
    operationId: "getInvocationTrace",
    summary: "Get the spans of an invocation",
    description:
      "Every parent comes before its children. While an attempt runs, its spans are shown as they are now; those that " +
      "have not ended yet end at the time of the answer and have the attribute `pifleet.open`.",
    tags,
    params: InvocationPath,
    response: { 200: SpanList, ...problemResponses(400, 401, 404, 503) },
  };
  app.get("/invocations/:id/trace", { schema, config: { scope: "invocations:read" } }, async (request) => {
    const invocation = await findInvocation(backend, request);
    return { items: await spanTree(backend, invocation) };
  });
}
