import { connect, type Socket } from "node:net";
import { inFlight, type Load } from "./load.ts";
import { programArguments } from "./program-arguments.ts";

/** What it asks, and whom. */
export interface SubmitArguments {
  readonly url: string;
  readonly key: string;
  readonly body: unknown;
}

const ACCEPTED = "HTTP/1.1 202";
const HEAD_END = "\r\n\r\n";

// A client that submits invocations as fast as it can. It speaks HTTP itself, with little CPU, because it shares the
// machine with the API that it measures.
const { url, key, body } = programArguments<SubmitArguments>();
const { host, hostname, port } = new URL(url);
const content = JSON.stringify(body);
const request =
  `POST /v1/invocations HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n` +
  `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(content)}\r\n\r\n${content}`;
const connections: Connection[] = [];

/** A connection on which requests are sent one after the other. */
class Connection {
  readonly #socket: Socket;
  #answer = "";
  #answered: ((answer: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor() {
    this.#socket = connect(Number(port), hostname).setNoDelay().setEncoding("latin1");
    this.#socket.on("data", (piece) => this.#take(String(piece)));
    this.#socket.on("error", (error) => this.#failed?.(error));
    this.#socket.on("close", () => this.#failed?.(new Error("The API has closed the connection")));
  }

  async submit(): Promise<void> {
    const answer = await new Promise<string>((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
    if (!answer.startsWith(ACCEPTED)) throw new Error(`The API refused: ${answer}`);
  }

  #take(piece: string): void {
    this.#answer += piece;
    const end = this.#answer.indexOf(HEAD_END);
    const [, length] = /content-length: (\d+)/i.exec(this.#answer) ?? [];
    if (end < 0 || this.#answer.length < end + HEAD_END.length + Number(length)) return;
    const answer = this.#answer;
    this.#answer = "";
    this.#answered?.(answer);
  }
}

process.on("message", async (load: Load) => {
  while (connections.length < load.atOnce) connections.push(new Connection());
  process.send?.(await inFlight(load, async (lane) => connections[lane]?.submit()));
});
process.send?.("ready");
