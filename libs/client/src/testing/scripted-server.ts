import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** For tests: a real HTTP server that gives prepared answers, the last one for ever, and keeps what it was asked. */
export class ScriptedServer implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  readonly #answers: Answer[];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(answers: Answer[]) {
    this.#answers = answers;
  }

  static async start(...answers: Answer[]): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(answers);
    scripted.#server.listen(0, "127.0.0.1");
    await once(scripted.#server, "listening");
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const received = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.requests.push(received);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    answer?.(response, received);
  }
}

/** Answers with a JSON body. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** Answers with a problem of this status and code. */
export function problem(status: number, code: string, headers: Record<string, string> = {}): Answer {
  return json({ type: `about:blank#${code}`, title: "Refused", status, detail: "Because.", code }, status, headers);
}

/** Answers with an event stream of these events, and then ends it or, with `cut`, breaks the connection. */
export function events(entries: { id: string; type: string }[], end: "end" | "cut" = "end"): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`: hello\n\n${frames(entries)}`, () => (end === "cut" ? response.destroy() : response.end()));
  };
}

/** The text of an event stream. */
export function frames(entries: { id: string; type: string }[]): string {
  return entries
    .map(({ id, ...event }) => `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join("");
}

/** Never answers. */
export const silent: Answer = () => undefined;

/** Breaks the connection without an answer. */
export const cutOff: Answer = (response) => response.destroy();
