import { Readable } from "node:stream";
import { EventId, type InvocationSummary, isTerminal, LoggedEvent } from "@pifleet/invocation";
import type { FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import { prefersJson } from "../accept.ts";
import type { App, Services } from "../app.ts";
import { eventStream } from "../event-stream.ts";
import { problemResponses } from "../problems.ts";
import { watchReader } from "../stalled-reader.ts";
import { findSummary, InvocationPath } from "./invocation-path.ts";
import { nextLink } from "./next-link.ts";

/** A client that has seen no event yet may say so with an empty id. */
const LastEventId = z.union([EventId, z.literal("")]).optional();

/** Polyfills of EventSource add it so that nothing between us answers for us. */
const Ignored = z.string().max(256).optional().describe("Is ignored");

const EventQuery = z.strictObject({
  after: EventId.optional().describe("Only the events behind this one; Last-Event-ID comes before it"),
  cursor: EventId.optional().describe("The nextCursor of the page before; the same as after"),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe("For a page of JSON; it has fewer when they are long"),
  lastEventId: LastEventId.describe("The same as Last-Event-ID, for clients that cannot send the header"),
  "last-event-id": LastEventId.describe("The same as lastEventId"),
  evs_last_event_id: LastEventId.describe("The same as lastEventId"),
  evs_preamble: Ignored,
  r: Ignored,
  _: Ignored,
});

const EventHeaders = z.looseObject({ "last-event-id": LastEventId });

const EventList = z
  .object({ items: z.array(LoggedEvent), nextCursor: EventId.nullable() })
  .meta({ id: "EventList", description: "A page, oldest first; nextCursor is null when there is no more now" });

const schema = {
  operationId: "followInvocation",
  summary: "Follow the events of an invocation",
  description:
    "A stream from the first event, or from behind Last-Event-ID, that goes on live and ends after the terminal event. " +
    "With `Accept: application/json`, a page of what there is.",
  tags: ["invocations"],
  params: InvocationPath,
  querystring: EventQuery,
  headers: EventHeaders,
  response: {
    200: {
      description: "The events",
      content: {
        "text/event-stream": { schema: z.string().describe("id: event id, event: type, data: the event as JSON") },
        "application/json": { schema: EventList },
      },
    },
    204: z.undefined().describe("The stream was read to its end before"),
    ...problemResponses(400, 401, 404, 429, 503),
  },
};

/** Adds `GET /invocations/{id}/events`. */
export function eventRoutes(app: App, services: Services): void {
  const config = { scope: "invocations:read" } as const;
  app.get("/invocations/:id/events", { schema, config, exposeHeadRoute: false }, async (request, reply) => {
    const invocation = await findSummary(services.backend, request);
    const { limit } = request.query;
    const from = positionOf(request.headers, request.query);
    if (prefersJson(request.headers.accept)) return sendPage(reply, services, invocation, from, limit);
    return sendStream(request, reply, services, invocation, from);
  });
}

/** The event that the client has seen last: a header is newer than the address that it was given. */
function positionOf(headers: z.infer<typeof EventHeaders>, query: z.infer<typeof EventQuery>): EventId | undefined {
  const { after, cursor, lastEventId, "last-event-id": dashed, evs_last_event_id: prefixed } = query;
  const named = [headers["last-event-id"], lastEventId, dashed, prefixed, after, cursor];
  return named.find((id) => id !== undefined && id !== "");
}

async function sendPage(
  reply: FastifyReply,
  { backend }: Services,
  { id }: InvocationSummary,
  after: EventId | undefined,
  limit: number,
): Promise<FastifyReply> {
  const { events, more } = await backend.events.read(id, { after, limit });
  const nextCursor = more ? (events.at(-1)?.id ?? null) : null;
  if (nextCursor) reply.header("link", nextLink(`/v1/invocations/${id}/events`, { after: nextCursor, limit }));
  return reply.type("application/json; charset=utf-8").send({ items: events, nextCursor });
}

async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  { backend, openRequests, stopping, heartbeatMs, stalledMs }: Services,
  { id, status }: InvocationSummary,
  after: EventId | undefined,
): Promise<FastifyReply> {
  // 204 is how a browser learns not to come back for more.
  if (isTerminal(status) && after && (await isReadToItsEnd())) return reply.code(204).send();
  reply.raw.once("close", openRequests.enter("stream", request.identity));
  const signal = AbortSignal.any([stopping, request.signal]);
  const stalled = new AbortController();
  watchReader(reply.raw, {
    stalledMs,
    onStalled: () => {
      request.log.info("cut off a reader of events that took nothing for too long");
      stalled.abort();
    },
  });
  const options = { id, after, hasEnded, heartbeatMs, signal, stalled: stalled.signal };
  const events = eventStream(backend.events, backend.changes, options);
  return (
    reply
      .headers({ "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" })
      // A proxy that changes bodies, such as one that compresses them, would hold events back.
      .header("cache-control", "no-store, no-transform")
      .send(Readable.from(events, { objectMode: false }))
  );

  async function isReadToItsEnd(): Promise<boolean> {
    const page = await backend.events.read(id, { after, limit: 1 });
    return page.events.length === 0;
  }
  async function hasEnded(): Promise<boolean> {
    const now = await backend.store.status(request.identity.tenant, id);
    return now === null || isTerminal(now);
  }
}
