import type { Duplex } from "node:stream";
import { holdsMoreValues } from "./json-values.ts";

/**
 * A line that is longer, or holds more values, is taken for garbage: reading one takes the time of all other runs of
 * the worker. At the bounds it is about two seconds.
 */
const MAX_CHARS = 16_000_000;
const MAX_VALUES = 200_000;

export interface RunnerChannelEvents {
  /** Called with a message and the line that it came in. */
  onMessage(message: unknown, line: string): void;
  /** Called with a line that is no message, and why it is none. */
  onGarbage(line: string, why: string): void;
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
    this.#events.onGarbage(this.#begun.join(""), `more than ${MAX_CHARS} characters`);
    this.#begun = [];
    this.#chars = 0;
  }

  #take(line: string): void {
    if (holdsMoreValues(line, MAX_VALUES)) {
      this.#events.onGarbage(line, `more than ${MAX_VALUES} values`);
      return;
    }
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#events.onGarbage(line, "no JSON");
      return;
    }
    this.#events.onMessage(message, line);
  }
}
