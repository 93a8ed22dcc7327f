import { type Invocation, InvocationRecord, InvocationSummary, Span, Status, toRecord } from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { Cursor, encodeCursor } from "../cursor.ts";
import { holdBack, WaitSeconds } from "../holding.ts";
import { logAbout, logFields } from "../log-fields.ts";
import { preferredWait } from "../prefer.ts";
import { problemResponses } from "../problems.ts";
import { spanTree } from "../span-tree.ts";
import { findInvocation, findSummary, InvocationPath, unknownInvocation } from "./invocation-path.ts";
import { nextLink } from "./next-link.ts";

const tags = ["invocations"];

const InvocationQuery = z.strictObject({
  status: Status.optional(),
  agent: z.string().max(63).optional().describe("The name of a stored agent"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: Cursor.optional(),
});

const InvocationList = z
  .object({ items: z.array(InvocationSummary), nextCursor: z.string().nullable() })
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
    response: { 200: InvocationRecord, ...problemResponses(400, 401, 404, 429, 503) },
  };
  app.get("/invocations/:id", { schema, config: { scope: "invocations:read" } }, async (request, reply) => {
    const preferred = preferredWait(request.headers.prefer);
    const seconds = request.query.wait ?? preferred ?? 0;
    if (request.query.wait === undefined && preferred !== undefined)
      reply.header("preference-applied", `wait=${preferred}`);
    if (seconds > 0) return toRecord(await awaitInvocation(services, request, seconds));
    return toRecord(await findInvocation(services.backend, request));
  });
}

/** Waits on the status alone; the record is read once, afterwards. @throws {ProblemError} 404 */
async function awaitInvocation(services: Services, request: FastifyRequest, seconds: number): Promise<Invocation> {
  const { tenant } = request.identity;
  const { id } = InvocationPath.parse(request.params);
  const status = await services.backend.store.status(tenant, id);
  if (status === null) throw unknownInvocation();
  const release = services.openRequests.enter("wait", request.identity);
  const invocation = await holdBack(services, request, { tenant, id, status }, seconds).finally(release);
  if (!invocation) throw unknownInvocation();
  logAbout(request, logFields(invocation));
  return invocation;
}

function addList(app: App, { backend }: Services): void {
  const schema = {
    operationId: "listInvocations",
    summary: "List invocations, newest first",
    description:
      "Without `output`, `messages` and `artifacts`, which may be large: get an invocation by its id for those. A page " +
      "that would be longer than 1 MiB has fewer items than `limit`, and a cursor.",
    tags,
    querystring: InvocationQuery,
    response: { 200: InvocationList, ...problemResponses(400, 401, 503) },
  };
  app.get("/invocations", { schema, config: { scope: "invocations:read" } }, async (request, reply) => {
    const { cursor: after, ...filter } = request.query;
    const page = await backend.store.list({ tenant: request.identity.tenant, ...filter, after });
    const nextCursor = page.next && encodeCursor(page.next);
    if (nextCursor !== null) reply.header("link", nextLink("/v1/invocations", { ...filter, cursor: nextCursor }));
    return { items: page.items, nextCursor };
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
    const invocation = await findSummary(backend, request);
    return { items: await spanTree(backend, invocation) };
  });
}
