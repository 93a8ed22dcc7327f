import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { App } from "../app.ts";
import type { ApiDocument } from "./document.ts";
import { renderPage } from "./page.ts";

const compress = promisify(gzip);

/** The page may load its own style and script, and send nothing anywhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The address of a file holds its hash, so that a browser need never ask again. */
const IMMUTABLE = "public, max-age=31536000, immutable";

interface StoredFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** Adds the API reference at `/docs`, and leads `/` to it. The page is made once, when it is first asked for. */
export function referenceRoutes(app: App): void {
  const schema = { hide: true };
  const style = addFile(app, "reference.css", "text/css; charset=utf-8");
  const script = addFile(app, "reference.js", "text/javascript; charset=utf-8");
  let page: Promise<StoredFile> | undefined;
  const answerPage = async (request: FastifyRequest, reply: FastifyReply) => {
    page ??= store(renderPage(app.swagger() as unknown as ApiDocument, { style, script }), "text/html; charset=utf-8");
    reply.headers({
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache",
    });
    return answerFile(await page, request, reply);
  };
  app.get("/docs", { schema }, answerPage);
  app.get("/docs/", { schema }, answerPage);
  app.get("/", { schema }, async (_request, reply) => reply.redirect("/docs"));
}

/** Adds a file that the page loads, and tells its address. */
function addFile(app: App, name: string, type: string): string {
  const text = readFileSync(new URL(name, import.meta.url), "utf8");
  const address = `/docs/${hashOf(text)}-${name}`;
  const stored = store(text, type);
  app.get(address, { schema: { hide: true } }, async (request, reply) => {
    reply.header("cache-control", IMMUTABLE);
    return answerFile(await stored, request, reply);
  });
  return address;
}

async function store(text: string, type: string): Promise<StoredFile> {
  return { type, etag: `W/"${hashOf(text)}"`, plain: Buffer.from(text), gzipped: await compress(text, { level: 9 }) };
}

function answerFile({ type, etag, plain, gzipped }: StoredFile, { headers }: FastifyRequest, reply: FastifyReply) {
  reply.headers({ etag, vary: "accept-encoding", "x-content-type-options": "nosniff" });
  if (headers["if-none-match"]?.includes(etag)) return reply.code(304).send();
  reply.type(type);
  if (!acceptsGzip(String(headers["accept-encoding"] ?? ""))) return reply.send(plain);
  return reply.header("content-encoding", "gzip").send(gzipped);
}

/** Whether `Accept-Encoding` names gzip, and not only to refuse it with a weight of 0. */
function acceptsGzip(accepted: string): boolean {
  return accepted.split(",").some((coding) => {
    const [name = "", weight = ""] = coding.split(";").map((part) => part.trim().toLowerCase());
    return name === "gzip" && Number(weight.replace("q=", "") || 1) !== 0;
  });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
