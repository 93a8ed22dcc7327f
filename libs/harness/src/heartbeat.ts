import type { RunnerRecord } from "@pifleet/invocation";
import { now } from "./clock.ts";

const INTERVAL_MS = 500;

/** Shows every half second that the runner lives, how it is, and whether a tool is at work. */
export class Heartbeat {
  readonly #send: (record: RunnerRecord) => void;
  readonly #tools = new Set<string>();
  #dueAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (record: RunnerRecord) => void) {
    this.#send = send;
  }

  start(): void {
    this.#dueAt = performance.now() + INTERVAL_MS;
    this.#timer = setInterval(() => this.#beat(), INTERVAL_MS);
  }

  /** Safe to call twice. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Learns from the run's records which tools are at work. */
  observe(record: RunnerRecord): void {
    if (record.type === "tool.started") this.#tools.add(record.callId);
    if (record.type === "tool.ended") this.#tools.delete(record.callId);
  }

  #beat(): void {
    const { rss: rssBytes, heapUsed: heapBytes } = process.memoryUsage();
    // How late the timer is, is how long the event loop was held up.
    const eventLoopDelayMs = Math.max(0, performance.now() - this.#dueAt);
    this.#dueAt = performance.now() + INTERVAL_MS;
    this.#send({
      type: "heartbeat",
      at: now(),
      rssBytes,
      heapBytes,
      eventLoopDelayMs,
      toolRunning: this.#tools.size > 0,
    });
  }
}
