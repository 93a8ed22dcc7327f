import { createHash, timingSafeEqual } from "node:crypto";
import { type Actor, type ApiKeyId, DEFAULT_TENANT, type Scope } from "@pifleet/invocation";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { ProblemError } from "./problem-error.ts";
import { problemResponses } from "./problems.ts";
import { type Allowance, spend } from "./rate-limit.ts";

/** The sender of a request. */
export interface Identity {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** The stored key that was sent, if it was one. */
  readonly key?: ApiKeyId;
  /** The name of that key. */
  readonly keyName?: string | null;
  /** The rate limit that each request counts against; absent when the sender has none. */
  readonly allowance?: Allowance;
}

/** A key that was good once. Only who has shown its secret is told so. */
export type EndedKey = { readonly ended: "revoked" | "expired"; readonly at: string };

/**
 * Tells whose key it is; `null` when it is nobody's.
 * @throws {UnavailableError} when that cannot be looked up now
 */
export type Authenticator = (key: string) => Promise<Identity | EndedKey | null>;

declare module "fastify" {
  interface FastifyRequest {
    identity: Identity;
  }
  interface FastifyContextConfig {
    /** The scope that a key needs for this route. */
    scope?: Scope;
  }
}

/** The sender with the bootstrap key, or with authentication off. */
const DEFAULT_IDENTITY: Identity = { tenant: DEFAULT_TENANT, scopes: ["admin", "operator"] };

/** The sender as records name it. */
export function actorOf({ key = "bootstrap", keyName = null }: Identity): Actor {
  return { key, name: keyName };
}

/** Lets everyone in, without a key. */
export const OPEN = "open";

/** Knows the one key that comes with the configuration: an admin of tenant `default`, and operator of the fleet. */
export function bootstrapAuthenticator(bootstrapKey: string): Authenticator {
  const expected = digest(bootstrapKey);
  // Digests have one length, so that the comparison takes the same time for every key.
  return async (key) => (timingSafeEqual(digest(key), expected) ? DEFAULT_IDENTITY : null);
}

/**
 * Lets only requests with a bearer key into the routes of `app`, and only where the key's scopes allow, and no more of
 * them than its rate does. For the routes that are added after it.
 */
export function requireKey(app: FastifyInstance, authenticator: Authenticator | typeof OPEN): void {
  app.decorateRequest("identity");
  app.addHook("onRoute", describeRefusals);
  app.addHook("onRequest", async (request, reply) => {
    request.identity = authenticator === OPEN ? DEFAULT_IDENTITY : await identify(request, authenticator);
    await admit(request, reply);
  });
}

/** All that the hook above refuses with belongs to the answers of every route. */
function describeRefusals(route: RouteOptions): void {
  const response = route.schema?.response;
  if (response) route.schema = { ...route.schema, response: { ...problemResponses(401, 403, 429, 503), ...response } };
}

async function identify(request: FastifyRequest, authenticator: Authenticator): Promise<Identity> {
  const key = /^Bearer +(?<key>\S+) *$/i.exec(request.headers.authorization ?? "")?.groups?.key;
  if (key === undefined) throw unauthorized("Send your key as Authorization: Bearer <key>", "");
  const identity = await authenticator(key);
  if (!identity) throw unauthorized("This key is not valid", ', error="invalid_token"');
  if ("ended" in identity) throw endedKey(identity);
  return identity;
}

async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { key, allowance } = request.identity;
  if (key) request.log = request.log.child({ key });
  if (allowance) await spend(allowance, reply);
  const { scope } = request.routeOptions.config;
  if (scope !== undefined) requireScope(request, scope);
}

function endedKey({ ended, at }: EndedKey): ProblemError {
  const detail = ended === "revoked" ? `This key was revoked on ${at}` : `This key expired on ${at}`;
  return unauthorized(detail, `, error="invalid_token", error_description="${detail}"`);
}

function unauthorized(detail: string, challenge: string): ProblemError {
  const headers = { "www-authenticate": `Bearer realm="pifleet"${challenge}` };
  return new ProblemError(401, "unauthorized", detail, { headers });
}

/** Refuses what the key may not do. @throws {ProblemError} 403 */
export function requireScope({ identity }: FastifyRequest, scope: Scope): void {
  if (identity.scopes.includes(scope)) return;
  // An admin key of one tenant must not administer the whole fleet.
  if (scope !== "operator" && identity.scopes.includes("admin")) return;
  const headers = { "www-authenticate": `Bearer realm="pifleet", error="insufficient_scope", scope="${scope}"` };
  throw new ProblemError(403, "insufficient_scope", `The key lacks the scope ${scope}`, { headers });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
