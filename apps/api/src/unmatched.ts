import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PROBLEM_JSON, ProblemError } from "./problem-error.ts";

const DOT_SEGMENT = /(?:^|\/|%2f)(?:\.|%2e){1,2}(?:$|\/|%2f)/i;

interface KnownRoute {
  readonly pattern: RegExp;
  readonly method: string;
}

/** Answers requests that no route takes: 400 for a path that climbs, 405 for another method's path, else 404. */
export function answerUnmatched(app: FastifyInstance): void {
  const routes: KnownRoute[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    for (const one of [method].flat()) routes.push({ pattern: toPattern(url), method: one });
  });
  app.setNotFoundHandler((request) => {
    throw unmatched(request, routes);
  });
}

function unmatched({ method, url }: FastifyRequest, routes: readonly KnownRoute[]): ProblemError {
  const [path = ""] = url.split("?");
  if (DOT_SEGMENT.test(path)) return new ProblemError(400, "invalid_path", "The path must not hold . or .. segments");
  const allowed = [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map((route) => route.method))];
  if (allowed.length === 0) return new ProblemError(404, "not_found", "There is nothing at this path");
  const headers = { allow: allowed.join(", ") };
  return new ProblemError(405, "method_not_allowed", `${method} is not allowed here; ${headers.allow} is`, { headers });
}

function toPattern(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replace(/:\w+/g, "[^/]+");
  return new RegExp(`^${source}$`);
}

/** Answers what is not even HTTP, or too slow or too long for it. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const { problem } = brokenRequest(error.code);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function brokenRequest(code: string | undefined): ProblemError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new ProblemError(408, "request_timeout", "The request took too long");
  if (code === "HPE_HEADER_OVERFLOW") return new ProblemError(431, "headers_too_large", "The headers are too large");
  return new ProblemError(400, "malformed_request", "This is not a valid HTTP request");
}
