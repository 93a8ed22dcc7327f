import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What it answers with, by method and path; a function writes the answer itself. */
export type Answers = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly request: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** A real HTTP server in the place of the API, with prepared answers. What it has none for, it does not know: 404. */
export class ScriptedFleet implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly #answers: Answers;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(answers: Answers) {
    this.#answers = answers;
  }

  static async start(answers: Answers): Promise<ScriptedFleet> {
    const fleet = new ScriptedFleet(answers);
    fleet.#server.listen(0, "127.0.0.1");
    await once(fleet.#server, "listening");
    return fleet;
  }

  /** The environment of a program that is to find it. */
  get env(): { PIFLEET_URL: string } {
    return { PIFLEET_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const line = `${request.method} ${request.url}`;
    this.asked.push({ request: line, headers: request.headers, body: body === "" ? undefined : JSON.parse(body) });
    const answer = this.#answers[line] ?? problem(404, "Not Found", "There is no invocation with this id");
    if (typeof answer === "function") answer(response);
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }
}

type Answer = (response: ServerResponse) => void;

export function problem(
  status: number,
  title: string,
  detail: string,
  errors?: { pointer: string; detail: string }[],
): Answer {
  const body = { type: "about:blank", title, status, detail, code: "refused", errors };
  return (response) =>
    response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
}

/** An event stream of these events, their ids made up; without `end` it stays open. */
export function eventStream(events: readonly { type: string }[], { end = true } = {}): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(events.map((event, i) => `id: ${i + 1}-0\ndata: ${JSON.stringify(event)}\n\n`).join(""));
    if (end) response.end();
  };
}
