import { EventEmitter, once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { anthropic } from "./dialects/anthropic.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { google } from "./dialects/google.ts";
import { openai } from "./dialects/openai.ts";
import { fakeModelsFile } from "./models-file.ts";
import { type Reply, type StreamedReply, text } from "./replies.ts";

/** What the fake model was asked. */
export interface ModelRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** Unix milliseconds. */
  readonly at: number;
}

const DIALECTS: readonly Dialect[] = [openai, anthropic, google];

/** A fake model provider on a free loopback port, which streams the replies that a test has given it, in order. */
export async function startModelServer(): Promise<ModelServer> {
  const server = new ModelServer();
  await server.listen();
  return server;
}

export class ModelServer {
  /** All requests so far, in the order of their arrival. */
  readonly requests: ModelRequest[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #replies: Reply[] = [];
  readonly #arrivals = new EventEmitter();
  #fallback: (request: ModelRequest) => Reply = () => text("Done.");

  /** Says how the next requests are answered, after what was said before. */
  enqueue(...replies: readonly Reply[]): void {
    this.#replies.push(...replies);
  }

  /** Says how requests are answered for which nothing was enqueued. */
  otherwise(reply: (request: ModelRequest) => Reply): void {
    this.#fallback = reply;
  }

  /** Resolves when so many requests have arrived. */
  async requested(count: number): Promise<void> {
    while (this.requests.length < count) await once(this.#arrivals, "request");
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** A models file that leads Pi here: providers `fake`, `fake-anthropic` and `fake-google`, model `test`. */
  modelsFile(): ReturnType<typeof fakeModelsFile> {
    return fakeModelsFile(this.url);
  }

  /** @param port a free one when it is 0 */
  async listen(port = 0): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Ends every connection and refuses new ones; the result lets it listen again at the same address. */
  async leave(): Promise<() => Promise<void>> {
    const { port } = this.#server.address() as AddressInfo;
    await this.close();
    return () => this.listen(port);
  }

  /** Ends every connection. Safe to call twice. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const body = (await json(request)) as { model?: string };
    const arrived = { path, headers: request.headers, body, at: Date.now() };
    this.requests.push(arrived);
    this.#arrivals.emit("request");
    const reply = this.#replies.shift() ?? this.#fallback(arrived);
    const dialect = DIALECTS.find((candidate) => candidate.speaks(path));
    if (reply.kind === "hang") return;
    if (reply.kind === "raw") return stream(response, reply, reply.frames);
    if (reply.kind === "stream" && dialect)
      return stream(response, reply, dialect.frames(reply.parts, body.model ?? ""));
    const refusal =
      reply.kind === "status" ? reply : { status: 404, body: { error: { message: `No API at ${path}` } }, headers: {} };
    response.writeHead(refusal.status, { "content-type": "application/json", ...refusal.headers });
    response.end(typeof refusal.body === "string" ? refusal.body : JSON.stringify(refusal.body));
  }
}

async function stream(
  response: ServerResponse,
  { breaks, frameDelayMs }: Pick<StreamedReply, "breaks" | "frameDelayMs">,
  frames: readonly string[],
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  for (const frame of frames.slice(0, breaks?.frames)) {
    if (frameDelayMs > 0) await setTimeout(frameDelayMs);
    if (response.destroyed) return;
    response.write(frame);
  }
  if (breaks?.how === "stall") return;
  if (breaks?.how === "cut") response.destroy();
  else response.end();
}
