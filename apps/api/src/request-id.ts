import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

/** The header that names a request, in what is sent and in the answer. */
export const REQUEST_ID = "x-request-id";

/** Bounded, and with nothing that could be taken for anything else in a log. */
const WELL_FORMED = /^[\w.:+/=@-]{1,128}$/;

/** The id that the client gave a request, when it is well formed, or else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers[REQUEST_ID];
  return typeof given === "string" && WELL_FORMED.test(given) ? given : randomUUID();
}

/** Names the request in every answer. */
export function answerRequestIds(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header(REQUEST_ID, request.id);
  });
}
