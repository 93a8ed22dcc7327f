import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Artifact, type ByteRange, FilePath, type Invocation } from "@pifleet/invocation";
import type { FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import type { App, Services } from "../app.ts";
import { artifactHeaders, entityTag } from "../artifact-headers.ts";
import { requestedRange } from "../byte-range.ts";
import { ProblemError } from "../problem-error.ts";
import { problemResponses } from "../problems.ts";
import { watchReader } from "../stalled-reader.ts";
import { DamagedArtifactError, verifiedContent } from "../verified-content.ts";
import { findInvocation, InvocationPath } from "./invocation-path.ts";

const tags = ["invocations"];
const config = { scope: "invocations:read" } as const;

/** Up to this, a content is verified before the answer begins; a longer one while it is sent. */
const VERIFIED_FIRST_BYTES = 1_048_576;

const ArtifactList = z.object({ items: z.array(Artifact) }).meta({ id: "ArtifactList" });

/** The rest of the URL's path is the artifact's. */
const ArtifactPath = InvocationPath.extend({ "*": FilePath });

const RangeHeaders = z.looseObject({
  range: z.string().optional().describe("One part, such as bytes=0-1023"),
  "if-range": z.string().optional().describe("The ETag of which it is to be a part; else all is sent"),
  "if-none-match": z.string().optional(),
});

/** Adds what shows the files that an invocation has left. */
export function artifactRoutes(app: App, services: Services): void {
  addList(app, services);
  addDownload(app, services);
}

function addList(app: App, { backend }: Services): void {
  const schema = {
    operationId: "listArtifacts",
    summary: "List the artifacts of an invocation",
    description: "What the attempt that ended it left in the directory outputs of its workspace; nothing before.",
    tags,
    params: InvocationPath,
    response: { 200: ArtifactList, ...problemResponses(400, 401, 404, 503) },
  };
  app.get("/invocations/:id/artifacts", { schema, config }, async (request) => {
    const { artifacts } = await findInvocation(backend, request);
    return { items: artifacts };
  });
}

const content = { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } };

const schema = {
  operationId: "downloadArtifact",
  summary: "Download an artifact",
  description:
    "With `Range`, a part of it. The ETag is its SHA-256, against which the content is checked: one that is another is " +
    "answered with the problem `artifact_damaged`, or, when it is longer than 1 MiB, breaks off before its end.",
  tags,
  params: ArtifactPath,
  headers: RangeHeaders,
  response: {
    200: { description: "The artifact", content },
    206: { description: "A part of it", content },
    304: z.undefined().describe("The client has it"),
    ...problemResponses(400, 401, 404, 416, 503),
  },
};

function addDownload(app: App, services: Services): void {
  const url = "/invocations/:id/artifacts/*";
  app.get(url, { schema, config, exposeHeadRoute: false }, async (request, reply) => {
    await download(request, reply, services);
    return reply;
  });
  const { params, headers } = schema;
  app.head(url, { schema: { params, headers, hide: true }, config }, async (request, reply) => {
    await download(request, reply, services);
    return reply;
  });
}

async function download(request: FastifyRequest, reply: FastifyReply, services: Services): Promise<FastifyReply> {
  const invocation = await findInvocation(services.backend, request);
  const artifact = await findArtifact(invocation, ArtifactPath.parse(request.params)["*"], services);
  const headers = RangeHeaders.parse(request.headers);
  const isHead = request.method === "HEAD";
  if (isListed(headers["if-none-match"], entityTag(artifact)))
    return reply.code(304).header("etag", entityTag(artifact)).send();
  const wanted = isHead || (headers["if-range"] ?? entityTag(artifact)) !== entityTag(artifact);
  const range = wanted ? undefined : requestedRange(headers.range, artifact.bytes);
  if (range === "unsatisfiable") throw unsatisfiable(artifact);
  const { from, to } = range ?? { from: 0, to: artifact.bytes };
  const body = isHead ? Readable.from([]) : await verifiedBody(request, services, invocation, artifact, { from, to });
  reply.headers(artifactHeaders(artifact));
  if (range) reply.code(206).header("content-range", `bytes ${from}-${to - 1}/${artifact.bytes}`);
  reply.header("content-length", String(to - from));
  if (isHead) return reply.send(body);
  watchReader(reply.raw, {
    stalledMs: services.stalledMs,
    onStalled: () => request.log.info("the reader of an artifact takes nothing"),
  });
  return reply.send(body);
}

/** A part of the content, which is checked before the answer begins, or while it is sent. */
async function verifiedBody(
  request: FastifyRequest,
  services: Services,
  invocation: Invocation,
  artifact: Artifact,
  range: ByteRange,
): Promise<Readable> {
  const content = services.artifacts.read(holderOf(invocation), artifact.sha256);
  const bytes = noticeDamage(verifiedContent(content, artifact, range), request, services);
  if (artifact.bytes > VERIFIED_FIRST_BYTES) return Readable.from(bytes, { objectMode: false });
  return Readable.from([await buffer(bytes)], { objectMode: false });
}

/** Logs and counts a content that is not what it must be. */
async function* noticeDamage(
  bytes: AsyncIterable<Uint8Array>,
  request: FastifyRequest,
  { damage }: Services,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (err) {
    if (!(err instanceof DamagedArtifactError)) throw err;
    damage.artifacts += 1;
    request.log.error({ err }, "an artifact is damaged: something else has written to the store");
    throw new ProblemError(500, "artifact_damaged", "The content of this artifact is not what the run has left");
  }
}

/** @throws {ProblemError} 404 */
async function findArtifact(invocation: Invocation, path: string, { artifacts }: Services): Promise<Artifact> {
  const artifact = invocation.artifacts.find((candidate) => candidate.path === path);
  if (!artifact) throw new ProblemError(404, "artifact_not_found", "This invocation has no artifact at this path");
  if (await artifacts.has(holderOf(invocation), artifact.sha256)) return artifact;
  const detail = "The content of this artifact is gone, or the workers keep it where this API cannot read it";
  throw new ProblemError(404, "artifact_content_not_found", detail);
}

/** Only the attempt that ended the invocation has recorded artifacts, and it is the newest one. */
function holderOf({ id, attempt }: Invocation) {
  return { id, attempt };
}

/** Whether an `If-None-Match` names this tag (RFC 9110, 13.1.2). */
function isListed(header: string | undefined, tag: string): boolean {
  const tags = (header ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  return tags.includes(tag) || tags.includes("*");
}

function unsatisfiable({ bytes }: Artifact): ProblemError {
  const headers = { "content-range": `bytes */${bytes}` };
  return new ProblemError(416, "range_not_satisfiable", `The artifact has ${bytes} bytes`, { headers });
}
