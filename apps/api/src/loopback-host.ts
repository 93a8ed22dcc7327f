import type { FastifyInstance } from "fastify";
import { isLoopback } from "./loopback.ts";
import { ProblemError } from "./problem-error.ts";

/**
 * Answers only requests that name this API by a loopback address, by `localhost` or by one of `hosts`. For an API that
 * asks for no key: a web page could otherwise let its own name lead to this machine (DNS rebinding), and then call the API
 * from the browser of whoever looks at it.
 */
export function requireKnownHost(app: FastifyInstance, hosts: ReadonlySet<string>): void {
  app.addHook("onRequest", async ({ headers }) => {
    const name = hostName(headers.host ?? "");
    if (isLoopback(name) || hosts.has(name)) return;
    const detail =
      "This API asks for no key (PIFLEET_AUTH=off), so it answers only to localhost and loopback addresses; to let it " +
      "answer to another name, add the name to PIFLEET_HOSTS";
    throw new ProblemError(421, "host_not_allowed", detail);
  });
}

/** The name or address of a `Host` header, without its port and brackets, in lower case. */
function hostName(host: string): string {
  const [, bracketed, plain = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (bracketed ?? plain).toLowerCase();
}
