import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PROBLEM_JSON, ProblemError } from "./problem-error.ts";
import { REQUEST_ID } from "./request-id.ts";

const DOT_SEGMENT = /(?:^|\/|%2f)(?:\.|%2e){1,2}(?:$|\/|%2f)/i;

interface KnownRoute {
  /** The segments of its path; one that begins with a colon stands for any, a star for all that follow. */
  readonly segments: readonly string[];
  readonly method: string;
}

/** Answers requests that no route takes: 400 for a path that climbs, 405 for another method's path, else 404. */
export function answerUnmatched(app: FastifyInstance): void {
  const routes: KnownRoute[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    for (const one of [method].flat()) routes.push({ segments: url.split("/"), method: one });
  });
  app.setNotFoundHandler((request) => {
    throw unmatched(request, routes);
  });
}

function unmatched({ method, url }: FastifyRequest, routes: readonly KnownRoute[]): ProblemError {
  const [path = ""] = url.split("?");
  if (DOT_SEGMENT.test(path)) return new ProblemError(400, "invalid_path", "The path must not hold . or .. segments");
  const segments = path.split("/");
  const allowed = [...new Set(routes.filter((route) => fits(segments, route)).map((route) => route.method))];
  if (allowed.length === 0) return new ProblemError(404, "not_found", "There is nothing at this path");
  const headers = { allow: allowed.join(", ") };
  return new ProblemError(405, "method_not_allowed", `${method} is not allowed here; ${headers.allow} is`, { headers });
}

function fits(segments: readonly string[], { segments: known }: KnownRoute): boolean {
  const star = known.indexOf("*");
  if (star === -1 ? segments.length !== known.length : segments.length <= star) return false;
  const fixed = star === -1 ? known : known.slice(0, star);
  return fixed.every((segment, i) => (segment.startsWith(":") ? segments[i] !== "" : segment === segments[i]));
}

/** Answers what is not even HTTP, or too slow or too long for it. */
export function answerBrokenRequest(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const { problem } = brokenRequest(error.code);
  const body = JSON.stringify(problem);
  const id = randomUUID();
  this.log.info({ request_id: id, status: problem.status, code: problem.code }, "request that could not be read");
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${REQUEST_ID}: ${id}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function brokenRequest(code: string | undefined): ProblemError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new ProblemError(408, "request_timeout", "The request took too long");
  if (code === "HPE_HEADER_OVERFLOW") return new ProblemError(431, "headers_too_large", "The headers are too large");
  return new ProblemError(400, "malformed_request", "This is not a valid HTTP request");
}
