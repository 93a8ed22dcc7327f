import type { Duplex } from "node:stream";

/** A message that is longer than this is taken for garbage, characters. */
const MAX_CHARS = 64_000_000;

export interface RunnerChannelEvents {
  onMessage(message: unknown): void;
  /** Called with a line that is no message. */
  onGarbage(line: string): void;
}

/**
 * The worker's end of the channel to a runner, which has Node's own IPC at the other end: lines of JSON in both
 * directions (https://nodejs.org/api/child_process.html, `NODE_CHANNEL_FD`). Node's end is not used here because there
 * a line that is no JSON is an uncaught exception: a runner could bring its worker down.
 */
export class RunnerChannel {
  /** Resolves, never rejects, when nothing more comes. */
  readonly closed: Promise<void>;
  readonly #stream: Duplex;
  readonly #events: RunnerChannelEvents;
  #begun: string[] = [];
  #chars = 0;

  constructor(stream: Duplex, events: RunnerChannelEvents) {
    this.#stream = stream;
    this.#events = events;
    this.closed = new Promise((resolve) => stream.once("close", resolve));
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => this.#read(chunk));
    // A channel that breaks has closed: the runner has ended, which is told by its exit.
    stream.on("error", () => undefined);
  }

  /** Sends a message; does nothing once the channel is closed. */
  send(message: unknown): void {
    if (this.#stream.writable) this.#stream.write(`${JSON.stringify(message)}\n`);
  }

  #read(chunk: string): void {
    const [first = "", ...rest] = chunk.split("\n");
    this.#begun.push(first);
    this.#chars += first.length;
    for (const next of rest) {
      this.#take(this.#begun.join(""));
      this.#begun = [next];
      this.#chars = next.length;
    }
    if (this.#chars <= MAX_CHARS) return;
    this.#events.onGarbage(this.#begun.join(""));
    this.#begun = [];
    this.#chars = 0;
  }

  #take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#events.onGarbage(line);
      return;
    }
    this.#events.onMessage(message);
  }
}
