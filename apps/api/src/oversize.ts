import type { IncomingMessage, ServerResponse } from "node:http";
import { BATCH_LIMITS } from "@pifleet/invocation";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PROBLEM_JSON, type ProblemError } from "./problem-error.ts";

/** The largest body that is read, but for a batch of submissions; bytes. */
export const BODY_LIMIT_BYTES = 1_048_576;
const BATCH_PATH = "/v1/invocations/batch";

/** How long a client may go on sending a body that was refused already, milliseconds. */
const LINGER_MS = 5_000;

/**
 * Refuses a body that is too large so that the client gets to know: closing a connection while it still sends would
 * reset it and could destroy the answer on its way. So the answer goes out at once, the rest of the body is thrown
 * away as it comes, and the connection is closed when the client has finished or `LINGER_MS` have passed.
 */
export function answerOversize({ problem }: ProblemError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const payload = JSON.stringify(problem);
  reply.hijack();
  reply.raw.writeHead(problem.status, {
    "content-type": PROBLEM_JSON,
    "content-length": Buffer.byteLength(payload),
    connection: "close",
  });
  reply.raw.write(payload);
  linger(request.raw, reply.raw);
  return reply;
}

function linger(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const end = () => {
    clearTimeout(deadline);
    outgoing.end();
  };
  const deadline = setTimeout(end, LINGER_MS);
  incoming.once("end", end).once("close", end).resume();
}

/** A client that asks before it sends a large body (`Expect: 100-continue`) is refused without having sent it. */
export function refuseOversizeBeforehand(app: FastifyInstance): void {
  app.server.on("checkContinue", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const limit = incoming.url?.split("?")[0] === BATCH_PATH ? BATCH_LIMITS.bytes : BODY_LIMIT_BYTES;
    if (!(Number(incoming.headers["content-length"]) > limit)) outgoing.writeContinue();
    app.routing(incoming, outgoing);
  });
}
