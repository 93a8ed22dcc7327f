import { setTimeout } from "node:timers/promises";
import type { InvocationRecord } from "@pifleet/client";
import type { Backend, InvocationId, Span, SubmissionInput } from "@pifleet/invocation";
import { connectBackend } from "@pifleet/redis";
import type { ApiService } from "../fleet/api-service.ts";
import { Fleet } from "../fleet/fleet.ts";
import { runnersOf, waitingRunners } from "../fleet/processes.ts";
import type { WorkerService } from "../fleet/worker-service.ts";
import { promptFor, type Task } from "./agent.ts";
import { ownCpuMs } from "./processes/cpu-time.ts";
import { descendantsCpuMs } from "./processes/process-tree.ts";
import { atRest } from "./processes/rest.ts";
import type { RedisConsole } from "./redis-console.ts";

const HOUR_MS = 3_600_000;
const POLL_MS = 20;
/** What is owed to collectors; without tracing nobody pays it off, though the scripts note it. */
const OWED = /:(owed|quarantined)$/;

export interface MeasuredFleetOptions {
  readonly redis: RedisConsole;
  readonly redisUrl: string;
  /** Where the built programs are; without it the sources are run. */
  readonly programs: string | undefined;
  /** What all its keys begin with. */
  readonly prefix: string;
  readonly models: unknown;
  readonly env: Record<string, string>;
  readonly traced: boolean;
  /** Takes what has to be stopped in the end. */
  readonly stack: AsyncDisposableStack;
}

/** CPU time by who took it, milliseconds. */
export interface CpuTime {
  readonly api: number;
  readonly worker: number;
  /** All runners, with their tools: those that have ended, those that run, and those that wait for an attempt. */
  readonly runners: number;
  /** The whole server, whoever it worked for. */
  readonly redis: number;
}

/** One API and one worker, real processes, of which can be told what they take. */
export class MeasuredFleet {
  readonly fleet: Fleet;
  readonly #options: MeasuredFleetOptions;
  readonly #backend: Backend;
  readonly #api: ApiService;
  readonly #worker: WorkerService;

  static async start(options: MeasuredFleetOptions): Promise<MeasuredFleet> {
    const { redisUrl, programs, prefix, models, env, stack } = options;
    const fleet = await Fleet.start({
      workers: 0,
      apis: 0,
      redisUrl,
      programs,
      models,
      env: { PIFLEET_REDIS_PREFIX: prefix, PIFLEET_GRACE_MS: "0", ...env },
    });
    stack.use(fleet);
    const backend = await connectBackend({ url: redisUrl, prefix, retentionMs: HOUR_MS, role: "worker" });
    stack.defer(() => backend.close());
    const [api, worker] = await Promise.all([fleet.startApi(), fleet.startWorker()]);
    return new MeasuredFleet(fleet, options, backend, api, worker);
  }

  private constructor(
    fleet: Fleet,
    options: MeasuredFleetOptions,
    backend: Backend,
    api: ApiService,
    worker: WorkerService,
  ) {
    this.fleet = fleet;
    this.#options = options;
    this.#backend = backend;
    this.#api = api;
    this.#worker = worker;
  }

  get pids(): { api: number; worker: number; runners: number[] } {
    const worker = this.#worker.pid;
    return { api: this.#api.pid, worker, runners: runnersOf(worker, this.fleet.workspaces) };
  }

  /** Resolves when nothing is going on any more, and as many runners wait as were asked for. */
  async rest(): Promise<void> {
    const warm = Number((await this.#worker.logged("claiming")).warm);
    while (waitingRunners(this.fleet.workspaces).length < warm) await setTimeout(POLL_MS);
    await atRest([this.#api.pid, this.#worker.pid]);
  }

  /** Submits an invocation of this task. */
  submit(task: Task, more: Partial<SubmissionInput> = {}): Promise<InvocationRecord> {
    return this.#api.client.invocations.create({ model: "fake/test", input: promptFor(task), ...more });
  }

  /** The record, once the invocation has ended. @throws {Error} when it did not succeed */
  async succeeded(id: string): Promise<InvocationRecord> {
    const record = await this.#api.client.invocations.wait(id);
    if (record.status !== "succeeded") throw new Error(`${id} is ${record.status}: ${record.error?.message}`);
    return record;
  }

  /** Submits so many invocations at once; resolves when all have succeeded and their spans have gone where they go. */
  async run(task: Task, count: number, more: Partial<SubmissionInput> = {}): Promise<InvocationRecord[]> {
    const submitted = await Promise.all(Array.from({ length: count }, () => this.submit(task, more)));
    const records = await Promise.all(submitted.map(({ id }) => this.succeeded(id)));
    if (this.#options.traced) await this.#exported();
    for (const { id } of records) await this.#check(id as InvocationId);
    return records;
  }

  /** The spans that an invocation has left. */
  spansOf(id: string): Promise<Span[]> {
    return this.#backend.spans.read(id as InvocationId);
  }

  /** How many events the log of an invocation holds. */
  async eventsOf(id: string): Promise<number> {
    return (await this.#backend.events.read(id as InvocationId, { limit: 1_000 })).events.length;
  }

  async cpuTime(): Promise<CpuTime> {
    const { api, worker } = this.pids;
    return {
      api: ownCpuMs(api),
      worker: ownCpuMs(worker),
      runners: descendantsCpuMs(worker),
      redis: await this.#options.redis.cpuMs(),
    };
  }

  /** What the fleet keeps in Redis, bytes. */
  async keptBytes(): Promise<number> {
    return [...(await this.keptBytesByKind()).values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The same by what it is, which stands in a key behind the hash tag, such as `events`. */
  async keptBytesByKind(): Promise<Map<string, number>> {
    const { redis, prefix } = this.#options;
    const sums = new Map<string, number>();
    for (const key of await redis.keys(`${prefix}:`)) {
      if (OWED.test(key)) continue;
      const [, kind = key] = /\}:([^:]+)/.exec(key) ?? [];
      sums.set(kind, (sums.get(kind) ?? 0) + (await redis.memoryOf(key)));
    }
    return sums;
  }

  async #exported(): Promise<void> {
    while ((await this.#backend.spool.size()).spooled > 0) await setTimeout(POLL_MS);
  }

  /** What was not traced, or was traced all the same, is no measurement. */
  async #check(id: InvocationId): Promise<void> {
    const { traced } = this.#options;
    const spans = await this.#backend.spans.read(id);
    const invocation = await this.#backend.store.read(id);
    const exported = invocation?.exports[1]?.deployment?.status === "ok";
    if (spans.length > 0 !== traced || exported !== traced)
      throw new Error(`${id} has ${spans.length} spans, ${exported ? "" : "not "}exported; tracing is ${traced}`);
  }
}
