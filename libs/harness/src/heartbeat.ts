import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { RunnerRecord } from "@pifleet/invocation";
import { now } from "./clock.ts";
import { BODY_CHANNEL } from "./http/model-fetch.ts";

const INTERVAL_MS = 500;

/** Shows every half second that the runner lives, how it is, and whether a tool is at work or an answer arrives. */
export class Heartbeat {
  readonly #send: (record: RunnerRecord) => void;
  readonly #tools = new Set<string>();
  #dueAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #isReceiving = false;
  readonly #onArrival = () => {
    this.#isReceiving = true;
  };

  constructor(send: (record: RunnerRecord) => void) {
    this.#send = send;
  }

  start(): void {
    this.#dueAt = performance.now() + INTERVAL_MS;
    subscribe(BODY_CHANNEL, this.#onArrival);
    this.#timer = setInterval(() => this.#beat(), INTERVAL_MS);
  }

  /** Safe to call twice. */
  stop(): void {
    unsubscribe(BODY_CHANNEL, this.#onArrival);
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
      ...(this.#isReceiving && { receiving: true }),
    });
    this.#isReceiving = false;
  }
}
