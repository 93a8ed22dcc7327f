import type { WorkerPresence, WorkerRegistry } from "@pifleet/invocation";

/** How often a worker shows that it lives, milliseconds. */
const BEAT_MS = 2_000;
/** A worker that has not shown itself for this long is off the list, milliseconds. */
const TTL_MS = 10_000;

export interface PresenceOptions {
  readonly registry: WorkerRegistry;
  /** What is to be said of the worker now. */
  readonly describe: () => Omit<WorkerPresence, "heartbeatAt">;
  readonly onFault: (error: unknown) => void;
}

/** Keeps this worker on the list of workers. */
export class Presence {
  readonly #options: PresenceOptions;
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
    const { registry, describe } = this.#options;
    clearInterval(this.#timer);
    this.#stopped = true;
    await registry.leave(describe().id);
  }

  async #beat(): Promise<void> {
    const { registry, describe, onFault } = this.#options;
    const worker = { ...describe(), heartbeatAt: new Date().toISOString() };
    try {
      await registry.beat(worker, TTL_MS);
      // A beat that was under way when the worker left has put it back.
      if (this.#stopped) await registry.leave(worker.id);
    } catch (error) {
      onFault(error);
    }
  }
}
