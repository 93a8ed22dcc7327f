import type { FastifyInstance } from "fastify";

/** Logs one line for each request when it is answered. Neither its headers, its query nor its body stand in it. */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const [path] = request.url.split("?");
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info({ method: request.method, path, status: reply.statusCode, ms }, "request");
  });
}
