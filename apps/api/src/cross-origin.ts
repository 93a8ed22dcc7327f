import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

/** What a page may read of an answer, beside what browsers let every page read. */
const SHOWN = [
  "Accept-Ranges",
  "Content-Disposition",
  "Content-Range",
  "ETag",
  "Idempotent-Replayed",
  "Link",
  "Location",
  "Preference-Applied",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "WWW-Authenticate",
  "X-Request-Id",
];
/** How long a browser need not ask again whether it may, seconds. */
const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of these origins call the API from a browser (https://fetch.spec.whatwg.org/#http-cors-protocol); `*` is
 * every origin, none leaves it to pages of the API's own. A page has to show a key like everybody else: cookies are not
 * used, so that no origin can act for whoever visits it.
 */
export async function allowOrigins(app: FastifyInstance, origins: ReadonlySet<string>): Promise<void> {
  if (origins.size === 0) return;
  await app.register(cors, {
    origin: origins.has("*") ? "*" : [...origins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    exposedHeaders: SHOWN,
    maxAge: PREFLIGHT_SECONDS,
    // Also where it is asked of a path that has no such method: the request itself is told so.
    strictPreflight: false,
  });
}
