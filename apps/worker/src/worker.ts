import { randomBytes } from "node:crypto";
import { hostname, loadavg } from "node:os";
import { setTimeout } from "node:timers/promises";
import { Executor } from "@pifleet/execution";
import type { Backend, Consumer, ModelAccess, Redactor, Runtime, WorkerPresence } from "@pifleet/invocation";
import type { ExportSpans } from "@pifleet/tracing";
import type { Logger } from "pino";
import { Janitor } from "./loops/janitor.ts";
import { Presence } from "./loops/presence.ts";
import { Recoverer } from "./loops/recoverer.ts";
import { Sweeper } from "./loops/sweeper.ts";

const IDLE_POLL_MS = 250;

export interface WorkerParts {
  readonly backend: Backend;
  readonly runtime: Runtime;
  readonly exportSpans: ExportSpans;
  readonly modelAccess: (model: string) => ModelAccess;
  readonly redactor: Redactor;
  readonly log: Logger;
}

export interface WorkerOptions {
  readonly version: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** How long running work may go on after the worker was told to stop, milliseconds. */
  readonly graceMs: number;
}

/** A worker: claims invocations and supervises their runners. */
export class Worker {
  readonly id = `wrk_${randomBytes(8).toString("hex")}`;
  readonly #parts: WorkerParts;
  readonly #options: WorkerOptions;
  readonly #executor: Executor;
  readonly #presence: Presence;
  readonly #startedAt = new Date().toISOString();
  readonly #sweeper: Sweeper;
  readonly #recoverer: Recoverer;
  readonly #janitor: Janitor;
  #consumer: Consumer | undefined;
  #unwatch: (() => void) | undefined;

  constructor(parts: WorkerParts, options: WorkerOptions) {
    const { backend, runtime, log } = parts;
    const onFault = (error: unknown) => log.error({ err: error }, "something failed that the worker survives");
    this.#parts = parts;
    this.#options = options;
    this.#executor = new Executor({ ...backend, ...parts, onFault }, { worker: this.id, leaseMs: options.leaseMs });
    this.#presence = new Presence({
      registry: backend.workers,
      describe: () => this.#describe(),
      onFault,
    });
    this.#sweeper = new Sweeper({
      runtime,
      onSwept: (runners, workspaces) => {
        log.warn({ runners, workspaces }, "swept what a dead worker left");
        this.#count({ swept_runners: runners, swept_workspaces: workspaces });
      },
      onFault,
    });
    this.#recoverer = new Recoverer({
      worker: this.id,
      registry: backend.workers,
      queue: backend.queue,
      onRecovered: (worker, invocations) => {
        log.warn({ lost: worker, invocations }, "recovered from a lost worker");
        this.#count({ lost_workers: 1, recovered_claims: invocations.length });
        this.#sweeper.sweep().catch(onFault);
      },
      onFault,
    });
    this.#janitor = new Janitor({
      worker: this.id,
      registry: backend.workers,
      store: backend.store,
      queue: backend.queue,
      onMended: (what, count) => {
        log.warn({ what, count }, "put into the queue what was not there");
        this.#count({ [`mended_${what}`]: count });
      },
      onFault,
    });
  }

  /** Resolves when the worker is on the list and claims. */
  async start(): Promise<void> {
    const { backend, log } = this.#parts;
    const { concurrency, leaseMs } = this.#options;
    this.#unwatch = await backend.changes.watchRequests((id) => this.#executor.wake(id));
    const onFault = (error: Error) => log.error({ err: error }, "the queue failed");
    // Before the first claim: whose death is to be noticed must be known.
    await this.#presence.start();
    this.#consumer = backend.queue.consume({ worker: this.id, concurrency, leaseMs, onFault }, (claim) =>
      this.#executor.execute(claim),
    );
    this.#sweeper.start();
    this.#recoverer.start();
    this.#janitor.start();
  }

  /** Resolves when nothing waits in the queue and nothing runs here. */
  async idle(): Promise<void> {
    do await setTimeout(IDLE_POLL_MS);
    while (await this.#isBusy());
  }

  #count(counts: Record<string, number>): void {
    const { backend, log } = this.#parts;
    backend.counters.add(counts).catch((error) => log.error({ err: error }, "could not count"));
  }

  #describe(): Omit<WorkerPresence, "heartbeatAt"> {
    return {
      id: this.id,
      host: hostname(),
      pid: process.pid,
      version: this.#options.version,
      startedAt: this.#startedAt,
      concurrency: this.#options.concurrency,
      running: this.#consumer?.running() ?? [],
      rssBytes: process.memoryUsage.rss(),
      load: loadavg()[0] ?? 0,
      containment: this.#parts.runtime.containment,
    };
  }

  async #isBusy(): Promise<boolean> {
    const { waiting } = await this.#parts.backend.queue.depth();
    return waiting > 0 || (this.#consumer?.running().length ?? 0) > 0;
  }

  /**
   * No new claims; running work has the grace period to end, then goes back to the queue. Resolves when nothing of
   * it is left. Safe to call before `start`.
   */
  async stop(): Promise<void> {
    const { backend, runtime } = this.#parts;
    const handBack = globalThis.setTimeout(() => this.#executor.handBackAll(), this.#options.graceMs);
    await this.#consumer?.stop();
    clearTimeout(handBack);
    this.#unwatch?.();
    await Promise.all([this.#recoverer.stop(), this.#janitor.stop(), this.#sweeper.stop()]);
    await this.#presence.stop();
    await runtime.close();
    await backend.close();
  }
}
