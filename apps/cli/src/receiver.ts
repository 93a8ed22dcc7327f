import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CommandFailure } from "./failure.ts";

/** More than any message of a fleet. */
const MAX_BODY_BYTES = 4_194_304;

/** What is done with a message; what it throws refuses the message with these words. */
export type Take = (message: Message) => Promise<void>;

/** A request that was received. */
export interface Message {
  readonly body: Buffer;
  readonly headers: IncomingMessage["headers"];
  /** The path and query of the request. */
  readonly path: string;
}

/** Thrown for a message that is not taken; the sender gets the words. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** A server on this machine that receives webhooks, one after the other. */
export class Receiver {
  readonly #take: Take;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  #last: Promise<void> = Promise.resolve();

  constructor(take: Take) {
    this.#take = take;
  }

  /** Resolves to the address at which it listens. @throws {CommandFailure} when it cannot */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, "listening").catch((error: NodeJS.ErrnoException) => {
      throw new CommandFailure(`It cannot listen at ${host}:${port}: ${reasonOf(error)}`);
    });
    const { address, family, port: actual } = this.#server.address() as AddressInfo;
    return `http://${family === "IPv6" ? `[${address}]` : address}:${actual}/`;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") return refuse(response, 405, "send a POST", { allow: "POST" });
    const body = await read(request).catch(() => "cut off" as const);
    if (body === "cut off") return void response.destroy();
    if (body === "too large") return refuse(response, 413, "the message is too large", { connection: "close" });
    const taken = this.#last.then(() => this.#take({ body, headers: request.headers, path: request.url ?? "/" }));
    this.#last = taken.catch(() => undefined);
    try {
      await taken;
      response.writeHead(204).end();
    } catch (error) {
      if (error instanceof Refusal) refuse(response, 400, error.message);
      else refuse(response, 500, "the receiver failed");
    }
  }
}

async function read(request: IncomingMessage): Promise<Buffer | "too large"> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return "too large";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refuse(response: ServerResponse, status: number, words: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(`${words}\n`);
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code === "EADDRINUSE" ? "the port is in use; choose another one with --port" : message;
}
