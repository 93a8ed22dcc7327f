import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ProblemError } from "./problem-error.ts";

/** What a key may do. */
export type Scope = "invocations:read" | "invocations:write" | "admin";

/** Who sends a request. */
export interface Identity {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}

/** Tells whose key it is; `null` when it is nobody's. */
export type Authenticator = (key: string) => Promise<Identity | null>;

declare module "fastify" {
  interface FastifyRequest {
    identity: Identity;
  }
  interface FastifyContextConfig {
    /** What the key of a request to this route must be allowed to do. */
    scope?: Scope;
  }
}

/** The owner of what is submitted with the bootstrap key, or without authentication. */
const DEFAULT_IDENTITY: Identity = { tenant: "default", scopes: ["invocations:read", "invocations:write", "admin"] };

/** Lets everyone in, without a key. */
export const OPEN = "open";

/** Knows the one key that comes with the configuration: an admin of tenant `default`. */
export function bootstrapAuthenticator(bootstrapKey: string): Authenticator {
  const expected = digest(bootstrapKey);
  // Digests have one length, so that the comparison takes the same time for every key.
  return async (key) => (timingSafeEqual(digest(key), expected) ? DEFAULT_IDENTITY : null);
}

/** Lets only requests with a bearer key into the routes of `app`, and only where the key's scopes allow. */
export function requireKey(app: FastifyInstance, authenticator: Authenticator | typeof OPEN): void {
  app.decorateRequest("identity");
  app.addHook("onRequest", async (request) => {
    request.identity = authenticator === OPEN ? DEFAULT_IDENTITY : await identify(request, authenticator);
    requireScope(request);
  });
}

async function identify(request: FastifyRequest, authenticator: Authenticator): Promise<Identity> {
  const key = /^Bearer +(?<key>\S+) *$/i.exec(request.headers.authorization ?? "")?.groups?.key;
  if (key === undefined) throw unauthorized("Send your key as Authorization: Bearer <key>", "");
  const identity = await authenticator(key);
  if (!identity) throw unauthorized("This key is not valid", ', error="invalid_token"');
  return identity;
}

function unauthorized(detail: string, challenge: string): ProblemError {
  const headers = { "www-authenticate": `Bearer realm="pifleet"${challenge}` };
  return new ProblemError(401, "unauthorized", detail, { headers });
}

function requireScope({ identity, routeOptions }: FastifyRequest): void {
  const { scope } = routeOptions.config;
  if (scope === undefined || identity.scopes.includes(scope)) return;
  const headers = { "www-authenticate": `Bearer realm="pifleet", error="insufficient_scope", scope="${scope}"` };
  throw new ProblemError(403, "insufficient_scope", `The key lacks the scope ${scope}`, { headers });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
