import { hostname, loadavg } from "node:os";
import type { InvocationId, WorkerPresence, WorkerRegistry } from "@pifleet/invocation";

/** How often a worker shows that it lives, milliseconds. */
const BEAT_MS = 2_000;
/** A worker that has not shown itself for this long is off the list, milliseconds. */
const TTL_MS = 10_000;

export interface PresenceOptions {
  readonly registry: WorkerRegistry;
  readonly id: string;
  readonly version: string;
  readonly concurrency: number;
  readonly containment: string;
  readonly running: () => InvocationId[];
  readonly onFault: (error: unknown) => void;
}

/** Keeps this worker on the list of workers. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #startedAt = new Date().toISOString();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** The worker is on the list when this resolves. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS);
    await this.#beat();
  }

  /** Takes the worker off the list. Safe to call twice, and before `start`. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped = true;
    await this.#options.registry.leave(this.#options.id);
  }

  async #beat(): Promise<void> {
    const { registry, onFault } = this.#options;
    try {
      await registry.beat(this.#describe(), TTL_MS);
      // A beat that was under way when the worker left has put it back.
      if (this.#stopped) await registry.leave(this.#options.id);
    } catch (error) {
      onFault(error);
    }
  }

  #describe(): WorkerPresence {
    const { id, version, concurrency, containment, running } = this.#options;
    return {
      id,
      host: hostname(),
      pid: process.pid,
      version,
      startedAt: this.#startedAt,
      concurrency,
      running: running(),
      rssBytes: process.memoryUsage.rss(),
      load: loadavg()[0] ?? 0,
      heartbeatAt: new Date().toISOString(),
      containment,
    };
  }
}
