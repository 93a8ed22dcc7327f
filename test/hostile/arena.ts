import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client, InvocationRecord } from "@pifleet/client";
import { RedisServer } from "@pifleet/testkit";
import { type ModelServer, startModelServer } from "@pifleet/testkit/model-server";
import { type NameServer, startNameServer } from "@pifleet/testkit/name-server";
import { buildPrograms } from "../fleet/build-programs.ts";
import { Fleet } from "../fleet/fleet.ts";
import type { WorkerService } from "../fleet/worker-service.ts";
import { answer } from "./agent.ts";
import { Canaries } from "./canaries.ts";
import { SilentServer } from "./silent-server.ts";

const ENVIRONMENT = {
  PIFLEET_CONCURRENCY: "4",
  PIFLEET_RUNNER_HEAP_MB: "128",
  PIFLEET_WEBHOOK_ALLOW: "loopback",
  PIFLEET_RATE_LIMIT: "0",
  OTEL_SDK_DISABLED: "false",
};
/** What Redis may take; the quotas keep every tenant far below. */
const REDIS_BYTES = 512 * 1_048_576;

/** A time in which no worker claimed, epoch milliseconds. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Two tenants on one fleet: one whose agents do harm, and one whose agents work. Workers that end are started again. */
export class Arena implements AsyncDisposable {
  readonly directory: string;
  readonly redis: RedisServer;
  readonly models: ModelServer;
  /** The name server of hosts that clients name. It never answers. */
  readonly names: NameServer;
  readonly fleet: Fleet;
  readonly evil: Client;
  readonly innocent: Client;
  /** The secrets that an attack has found. */
  readonly stolen = new Set<string>();
  /** How each worker has ended that was not told to, in order. */
  readonly deaths: (number | string)[] = [];
  /** The times without a worker: every one had died, and none had started again. */
  readonly gaps: Gap[] = [];
  readonly #canaries: Canaries;
  readonly #programs: AsyncDisposableStack;
  #claiming = 0;
  #gapFrom: number | undefined;
  #isClosing = false;
  #silent: SilentServer | undefined;

  private constructor(
    parts: Pick<Arena, "directory" | "redis" | "models" | "names" | "fleet" | "evil" | "innocent">,
    canaries: Canaries,
    programs: AsyncDisposableStack,
  ) {
    this.#canaries = canaries;
    this.#programs = programs;
    this.directory = parts.directory;
    this.redis = parts.redis;
    this.models = parts.models;
    this.names = parts.names;
    this.fleet = parts.fleet;
    this.evil = parts.evil;
    this.innocent = parts.innocent;
  }

  static async open(workers: number): Promise<Arena> {
    const directory = await mkdtemp(join(tmpdir(), "hostile-"));
    process.env.TMPDIR = directory;
    const redis = await RedisServer.reserve();
    const canaries = new Canaries();
    const limits = ["--maxmemory", String(REDIS_BYTES), "--maxmemory-policy", "noeviction"];
    await redis.start(...limits, "--requirepass", canaries.redisPassword);
    const models = await startModelServer();
    models.otherwise(answer);
    const redisUrl = redis.url.replace("//", `//:${canaries.redisPassword}@`);
    const names = await startNameServer(() => undefined);
    const secrets = { ANTHROPIC_API_KEY: canaries.providerKey };
    const env = { ...ENVIRONMENT, ...secrets, PIFLEET_NAME_SERVERS: names.address };
    const built = new AsyncDisposableStack();
    const programs = await buildPrograms(built);
    const fleet = await Fleet.start({ workers: 0, redisUrl, programs, models: models.modelsFile(), env });
    const [evil, innocent] = await Promise.all([fleet.clientOf("evil"), fleet.clientOf("innocent")]);
    const arena = new Arena({ directory, redis, models, names, fleet, evil, innocent }, canaries, built);
    await Promise.all(Array.from({ length: workers }, () => arena.#supervise()));
    return arena;
  }

  /** Looks for secrets in what a run of the evil tenant has said. */
  search(record: InvocationRecord): void {
    for (const name of this.#canaries.foundIn(JSON.stringify(record.messages))) this.stolen.add(name);
  }

  /** A server that takes every connection and never answers. One for the whole time. */
  async silentServer(): Promise<{ url: string }> {
    this.#silent ??= await SilentServer.start();
    return this.#silent;
  }

  /** The workers that live. */
  get workers(): WorkerService[] {
    return this.fleet.workers.filter(({ alive }) => alive);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.fleet.stop();
    await this.models.close();
    await this.#silent?.close();
    await this.names[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
    await this.#programs.disposeAsync();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Starts a worker, and another one in its place when it ends. Resolves when the first one claims. */
  async #supervise(): Promise<void> {
    const worker = await this.fleet.startWorker();
    this.#began();
    void worker.exited().then((ended) => {
      if (this.#isClosing) return;
      this.#died();
      this.deaths.push(ended);
      void this.#supervise();
    });
  }

  #began(): void {
    this.#claiming += 1;
    if (this.#gapFrom !== undefined) this.gaps.push({ from: this.#gapFrom, to: Date.now() });
    this.#gapFrom = undefined;
  }

  #died(): void {
    this.#claiming -= 1;
    if (this.#claiming === 0) this.#gapFrom = Date.now();
  }
}
