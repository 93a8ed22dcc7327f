import {
  type Invocation,
  InvocationRecord,
  InvocationSummary,
  namingProvider,
  Span,
  Status,
  Tenant,
  toRecord,
} from "@pifleet/invocation";
import type { FastifyRequest } from "fastify";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { requireScope } from "../authentication.ts";
import { Cursor, encodeCursor } from "../cursor.ts";
import { holdBack, WaitSeconds } from "../holding.ts";
import { logAbout, logFields } from "../log-fields.ts";
import { preferredWait } from "../prefer.ts";
import { problemResponses } from "../problems.ts";
import { spanTree } from "../span-tree.ts";
import { isOrdered, Moment, ORDER_FAULT } from "../time-range.ts";
import { findInvocation, findSummary, InvocationPath, unknownInvocation } from "./invocation-path.ts";
import { nextLink } from "./next-link.ts";

const tags = ["invocations"];

const MAX_METADATA_FILTERS = 10;

const InvocationQuery = z
  .strictObject({
    status: Status.optional(),
    agent: z.string().max(63).optional().describe("The name of a stored agent"),
    name: z.string().max(200).optional().describe("A text that the name holds, in any case of its letters"),
    metadata: z
      .record(z.string(), z.string())
      .refine(
        (metadata) => Object.keys(metadata).length <= MAX_METADATA_FILTERS,
        `must not name more than ${MAX_METADATA_FILTERS} keys`,
      )
      .optional()
      .describe("Metadata with these values, each as `metadata[key]=value`"),
    since: Moment.optional().describe("Only invocations that were submitted at this time or later"),
    until: Moment.optional().describe("Only invocations that were submitted before this time"),
    tenant: Tenant.optional().describe("The invocations of this tenant; for keys with the scope `operator`"),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: Cursor.optional(),
  })
  .refine(isOrdered, ORDER_FAULT);
type InvocationQuery = z.infer<typeof InvocationQuery>;

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
    const found = seconds > 0 ? awaitInvocation(services, request, seconds) : findInvocation(services.backend, request);
    return recordOf(services, await found);
  });
}

/** The record as it is now, with the reason why a queued one waits. */
async function recordOf({ backend }: Services, invocation: Invocation): Promise<InvocationRecord> {
  if (invocation.status !== "queued") return toRecord(invocation);
  const waitingFor = await backend.admission.waitingFor(invocation.id);
  return toRecord(invocation, namingProvider(waitingFor, invocation.attempts));
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
      "With the beginning of `input`, and without `instructions`, `output`, `messages` and `artifacts`, which may be " +
      "large: get an invocation by its id for those. A page that would be longer than 1 MiB has fewer items than " +
      "`limit`, and a cursor. `status`, `since` and `until` are looked up; for `agent`, `name` and `metadata` a request " +
      "looks at 1,000 invocations at most. When fewer of them match than `limit`, or none, there is still a cursor: " +
      "go on with it.",
    tags,
    querystring: InvocationQuery,
    response: { 200: InvocationList, ...problemResponses(400, 401, 403, 503) },
  };
  app.get("/invocations", { schema, config: { scope: "invocations:read" } }, async (request, reply) => {
    const { cursor: after, tenant = request.identity.tenant, ...filter } = request.query;
    if (tenant !== request.identity.tenant) requireScope(request, "operator");
    const page = await backend.store.list({ tenant, ...filter, after });
    const nextCursor = page.next && encodeCursor(page.next);
    if (nextCursor !== null)
      reply.header("link", nextLink("/v1/invocations", { ...asQuery(request.query), cursor: nextCursor }));
    return { items: page.items, nextCursor };
  });
}

/** The query as it is written in a URL. */
function asQuery({ metadata = {}, since, until, cursor: _, ...rest }: InvocationQuery) {
  const text = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  const pairs = Object.entries(metadata).map(([key, value]) => [`metadata[${key}]`, value]);
  return { ...rest, ...Object.fromEntries(pairs), since: text(since), until: text(until) };
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
