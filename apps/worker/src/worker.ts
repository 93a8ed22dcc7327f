import { randomBytes } from "node:crypto";
import { hostname, loadavg } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "@pifleet/environment/logging";
import { Executor, TraceDelivery, type TracingPolicy } from "@pifleet/execution";
import type {
  ArtifactLimits,
  ArtifactStore,
  Backend,
  Consumer,
  Invocation,
  InvocationId,
  ModelAccess,
  ModelCatalog,
  OwedSpans,
  ProviderAccounts,
  Redactor,
  Runtime,
  WorkerPresence,
} from "@pifleet/invocation";
import { UnavailableError } from "@pifleet/invocation";
import type { AddressGuard } from "@pifleet/outbound";
import type { Senders } from "@pifleet/tracing";
import { WebhookDelivery, type WebhookSchedule } from "@pifleet/webhooks";
import { ApartProcess } from "./apart/apart-process.ts";
import { AttemptLog } from "./attempt-log.ts";
import { DeliveryLog } from "./delivery-log.ts";
import { ArtifactCleaner } from "./loops/artifact-cleaner.ts";
import { Deliverer } from "./loops/deliverer.ts";
import { Exporter } from "./loops/exporter.ts";
import { Janitor } from "./loops/janitor.ts";
import { Presence } from "./loops/presence.ts";
import { Recoverer } from "./loops/recoverer.ts";
import { Sweeper } from "./loops/sweeper.ts";
import { Usher } from "./loops/usher.ts";
import { Tally } from "./tally.ts";

const IDLE_POLL_MS = 250;
/** An invocation that is on its way from the queue to this worker is in neither; at the next look it has arrived. */
const QUIET_LOOKS = 2;
/** Beyond those that it says it has: admission keeps it for a tenant who has no place yet. See `Admission`. */
const RESERVED_SLOTS = 1;
/** A background loop that is told to stop has so long: twice what it gives to the requests that are under way, milliseconds. */
const STOP_MS = 10_000;

export interface WorkerParts {
  readonly backend: Backend;
  readonly runtime: Runtime;
  readonly artifacts: ArtifactStore;
  readonly tracing: TracingPolicy;
  /** Where the spans of an invocation go. */
  readonly sendersFor: (invocation: Invocation) => Senders;
  /** Which receivers of webhooks may be connected to, and when tries are made. */
  readonly webhooks: { readonly guard: AddressGuard; readonly schedule: WebhookSchedule };
  readonly modelAccess: (model: string) => ModelAccess;
  /** What this worker can run. */
  readonly models: ModelCatalog;
  readonly accounts: ProviderAccounts;
  readonly redactor: Redactor;
  /** That of this process. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
}

export interface WorkerOptions {
  readonly version: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** How long running work may go on after the worker was told to stop, milliseconds. */
  readonly graceMs: number;
  /** How long an invocation is kept after its end, milliseconds. */
  readonly retentionMs: number;
  /** How long a run may stay paused, milliseconds. */
  readonly pauseLimitMs: number;
  readonly artifactLimits: ArtifactLimits;
  /** How often artifacts that are nobody's any more are looked for, milliseconds. */
  readonly artifactRoundMs: number;
}

/** A worker: claims invocations and supervises their runners. */
export class Worker {
  readonly id = `wrk_${randomBytes(8).toString("hex")}`;
  readonly #parts: WorkerParts;
  readonly #options: WorkerOptions;
  readonly #attempts: AttemptLog;
  readonly #executor: Executor;
  readonly #presence: Presence;
  readonly #startedAt = new Date().toISOString();
  readonly #models: string;
  readonly #sweeper: Sweeper;
  readonly #recoverer: Recoverer;
  readonly #janitor: Janitor;
  readonly #artifactCleaner: ArtifactCleaner;
  readonly #usher: Usher;
  readonly #delivery: TraceDelivery;
  readonly #exporter: Exporter;
  readonly #deliverer: Deliverer;
  readonly #tally: Tally;
  #consumer: Consumer | undefined;
  #unwatch: (() => void) | undefined;
  #isStopping = false;

  constructor(parts: WorkerParts, options: WorkerOptions) {
    const { backend, runtime, log } = parts;
    const attempts = new AttemptLog(log);
    this.#attempts = attempts;
    const onFault = (error: unknown) => attempts.fault(error);
    this.#parts = parts;
    this.#options = options;
    this.#models = backend.workers.offer(parts.models);
    this.#tally = new Tally({ counters: backend.counters, onFault });
    this.#delivery = new TraceDelivery({
      ...backend,
      senders: parts.sendersFor,
      measures: this.#tally,
      onDelivered: (owed, result, next) => attempts.delivered(owed, result, next),
      onFault,
    });
    this.#exporter = new Exporter(this.#delivery, onFault);
    this.#deliverer = this.#createDeliverer(onFault);
    this.#executor = new Executor(
      {
        ...backend,
        ...parts,
        artifactLimits: options.artifactLimits,
        pauseLimitMs: options.pauseLimitMs,
        measures: this.#tally,
        onSettled: (owed) => this.#settled(owed),
        startApart: (id) => this.#startApart(id),
        onAttemptStarted: (attempt) => attempts.started(attempt),
        onAttemptEnded: (attempt, settlement) => attempts.ended(attempt, settlement),
        onFault: (error, attempt) => attempts.fault(error, attempt),
      },
      { worker: this.id, leaseMs: options.leaseMs },
    );
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
    this.#artifactCleaner = this.#createArtifactCleaner(onFault);
    this.#usher = new Usher({ ...backend, worker: this.id, registry: backend.workers, onFault });
    this.#janitor = new Janitor({
      worker: this.id,
      registry: backend.workers,
      store: backend.store,
      queue: backend.queue,
      admission: backend.admission,
      deliveries: backend.deliveries,
      onMended: (what, count) => {
        log.warn({ what, count }, "put right what was not where it belongs");
        this.#count({ [`mended_${what}`]: count });
      },
      onFault,
    });
  }

  #settled(owed: OwedSpans): void {
    this.#delivery.begin(owed);
    this.#usher.wake();
    this.#deliverer.wake();
  }

  /** Two workers died while they ran it. */
  #startApart(id: InvocationId): ApartProcess {
    const { environment, log } = this.#parts;
    const onFault = (error: unknown) => log.error({ err: error, invocation: id }, "an invocation cannot run apart");
    log.warn({ invocation: id }, "workers died while they ran the invocation, so it runs apart");
    const onSettled = (attempt: number) => this.#settled({ id, attempt });
    const apart = new ApartProcess({ invocation: id, worker: this.id, environment, onSettled, onFault });
    // When it was killed, nobody but this worker clears up after it.
    void apart.ended.then((end) => (end ? undefined : this.#sweeper.sweep())).catch(onFault);
    return apart;
  }

  #createArtifactCleaner(onFault: (error: unknown) => void): ArtifactCleaner {
    const { artifacts, backend } = this.#parts;
    const { store, workers: registry } = backend;
    const { retentionMs, artifactRoundMs: roundMs } = this.#options;
    return new ArtifactCleaner({ worker: this.id, artifacts, store, registry, retentionMs, roundMs, onFault });
  }

  #createDeliverer(onFault: (error: unknown) => void): Deliverer {
    const { backend, webhooks, log } = this.#parts;
    const lines = new DeliveryLog(log);
    const { deliveries } = backend;
    const delivery = new WebhookDelivery(
      {
        ...backend,
        guard: webhooks.guard,
        measures: this.#tally,
        onTried: (delivered, made, after) => lines.tried(delivered, made, after),
        onFree: () => this.#deliverer.wake(),
        onFault,
      },
      webhooks,
    );
    return new Deliverer({ delivery, deliveries, onFault });
  }

  /** Resolves when the worker is on the list and claims. */
  async start(): Promise<void> {
    const { backend, runtime } = this.#parts;
    const { concurrency, leaseMs } = this.#options;
    this.#unwatch = await backend.changes.watchRequests((id) => this.#executor.wake(id));
    // Before the first claim: whose death is to be noticed must be known.
    await this.#presence.start();
    runtime.start();
    this.#consumer = backend.queue.consume(
      {
        worker: this.id,
        concurrency,
        reserve: RESERVED_SLOTS,
        leaseMs,
        onFault: (error) => this.#attempts.fault(error),
      },
      (claim) => this.#executor.execute(claim),
    );
    this.#tally.start();
    for (const loop of this.#loops) loop.start();
  }

  get #loops() {
    return [
      this.#usher,
      this.#sweeper,
      this.#recoverer,
      this.#janitor,
      this.#artifactCleaner,
      this.#exporter,
      this.#deliverer,
    ];
  }

  /** Resolves when nothing waits in the queue and nothing runs here. */
  async idle(): Promise<void> {
    let quiet = 0;
    while (quiet < QUIET_LOOKS) {
      await setTimeout(IDLE_POLL_MS);
      quiet = (await this.#isBusy()) ? 0 : quiet + 1;
    }
  }

  #count(counts: Record<string, number>): void {
    const { backend } = this.#parts;
    backend.counters.add(counts).catch((error) => this.#attempts.fault(error));
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
      draining: this.#isStopping,
      warm: this.#parts.runtime.warm,
      models: this.#models,
      containment: this.#parts.runtime.containment,
    };
  }

  /** How many attempts run here. */
  get running(): number {
    return this.#consumer?.running().length ?? 0;
  }

  /** Why it takes no work now: it starts or stops, or the database is away or takes no writes; null when it does. */
  async unreadiness(): Promise<string | null> {
    if (!this.#consumer) return "the worker is starting";
    if (this.#isStopping) return "the worker is stopping";
    try {
      return await this.#parts.backend.refusesWrites();
    } catch (error) {
      if (error instanceof UnavailableError) return "the database is unavailable";
      throw error;
    }
  }

  async #isBusy(): Promise<boolean> {
    const { queue, admission, store } = this.#parts.backend;
    const asked = [queue.depth(), admission.standing(), store.unqueued(0)] as const;
    const [entries, standing, unqueued] = await Promise.all(asked);
    return entries.waiting + standing.waiting + unqueued.length > 0 || this.running > 0;
  }

  /** Waits for a loop to stop, and goes on without it when it does not: another worker does what it leaves. */
  async #stopped(stop: Promise<void>): Promise<void> {
    const bound = new AbortController();
    const isLate = setTimeout(STOP_MS, true, { signal: bound.signal }).catch(() => false);
    if (await Promise.race([stop, isLate])) this.#parts.log.warn({ afterMs: STOP_MS }, "a loop did not stop in time");
    bound.abort();
  }

  /**
   * No new claims; running work has the grace period to end, then goes back to the queue. Resolves when nothing of
   * it is left. Safe to call before `start`.
   */
  async stop(): Promise<void> {
    const { backend, runtime } = this.#parts;
    this.#isStopping = true;
    const handBack = globalThis.setTimeout(() => this.#executor.handBackAll(), this.#options.graceMs);
    await Promise.all([this.#consumer?.stop(), runtime.drain()]);
    clearTimeout(handBack);
    this.#unwatch?.();
    await Promise.all(this.#loops.map((loop) => this.#stopped(loop.stop())));
    await this.#tally.stop();
    await this.#presence.stop();
    await runtime.close();
    await backend.close();
  }
}
