import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Client, PiFleetError } from "@pifleet/client";
import { RedisServer } from "@pifleet/testkit";
import { type ModelServer, startModelServer } from "@pifleet/testkit/model-server";
import type { ApiService } from "../fleet/api-service.ts";
import { Fleet } from "../fleet/fleet.ts";
import type { WorkerService } from "../fleet/worker-service.ts";
import { answer } from "./agent.ts";
import { SmallDisk } from "./small-disk.ts";

const DURABLE = ["--appendonly", "yes"];
/** How long it may take until an API lives again and reaches Redis, milliseconds. */
const LIVING_MS = 20_000;
const BREATH_MS = 200;
/** What ends the program before its time; nothing is left behind then either. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM"] as const;
/** The exit code that shells know for that. */
const INTERRUPTED = 130;

export interface ArenaOptions {
  readonly workers: number;
  readonly apis: number;
  /** More environment for every worker. */
  readonly env?: Record<string, string>;
  /** Whether it ends the program when that is interrupted, and leaves nothing behind. Default: yes. */
  readonly endsProgram?: boolean;
  /** Whether one worker keeps its workspaces on a disk that is small. */
  readonly smallDisk?: boolean;
}

/** A whole fleet with a Redis of its own that keeps what it is told, and a fake model. */
export class Arena implements AsyncDisposable {
  readonly directory: string;
  readonly redis: RedisServer;
  readonly models: ModelServer;
  readonly fleet: Fleet;
  /** Absent when there was to be none, or when this user may not mount one. */
  readonly disk: SmallDisk | undefined;
  /** What each worker's place in the fleet is started with, whenever it is started again. */
  readonly #places = new Map<WorkerService, Record<string, string>>();
  readonly #interrupt = () => {
    void this[Symbol.asyncDispose]().finally(() => process.exit(INTERRUPTED));
  };

  private constructor(
    directory: string,
    { redis, models, fleet }: Pick<Arena, "redis" | "models" | "fleet">,
    disk?: SmallDisk,
  ) {
    this.directory = directory;
    this.redis = redis;
    this.models = models;
    this.fleet = fleet;
    this.disk = disk;
  }

  static async open({ workers, apis, env = {}, endsProgram = true, smallDisk = false }: ArenaOptions): Promise<Arena> {
    const directory = await mkdtemp(join(tmpdir(), "chaos-"));
    process.env.TMPDIR = directory;
    const redis = await RedisServer.reserve();
    await redis.start(...DURABLE);
    const models = await startModelServer();
    models.otherwise(answer);
    const disk = smallDisk ? await SmallDisk.mount(join(directory, "disk")) : undefined;
    const fleet = await Fleet.start({ workers: 0, apis, redisUrl: redis.url, models: models.modelsFile(), env });
    const arena = new Arena(directory, { redis, models, fleet }, disk);
    if (endsProgram) for (const signal of INTERRUPTIONS) process.once(signal, arena.#interrupt);
    const places = Array.from(
      { length: workers },
      (_, i): Record<string, string> => (i === 0 && disk ? { PIFLEET_WORKSPACES: disk.path } : {}),
    );
    await Promise.all(places.map((place) => arena.#startWorker(place)));
    return arena;
  }

  /** The directories that hold workspaces. */
  get workspaces(): string[] {
    return [this.fleet.workspaces, ...(this.disk ? [this.disk.path] : [])];
  }

  /** Those that claim. */
  get livingWorkers(): WorkerService[] {
    return this.fleet.workers.filter(({ alive, id }) => alive && id !== undefined);
  }

  /** Those that listen. */
  get livingApis(): ApiService[] {
    return this.fleet.apis.filter(({ alive, url }) => alive && url !== "");
  }

  /** Starts a worker in the place of one that has died. */
  async replaceWorker(dead: WorkerService): Promise<void> {
    await this.#startWorker(this.#places.get(dead) ?? {});
  }

  /** Starts Redis again with what it had written. */
  async startRedis(): Promise<void> {
    await this.redis.start(...DURABLE);
  }

  /** Calls an API that lives, another one when that fails, for as long as one may be expected to live again. */
  async ask<T>(call: (client: Client) => Promise<T>, patienceMs = LIVING_MS): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (let turn = 0; ; turn += 1) {
      try {
        const apis = this.livingApis;
        return await call((apis[turn % apis.length] ?? this.fleet.api).client);
      } catch (error) {
        const refused = error instanceof PiFleetError && error.status < 500;
        if (refused || performance.now() > deadline) throw error;
        await setTimeout(BREATH_MS);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const signal of INTERRUPTIONS) process.off(signal, this.#interrupt);
    this.redis.thaw();
    await this.fleet.stop();
    await this.models.close();
    await this.redis[Symbol.asyncDispose]();
    await this.disk?.unmount();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #startWorker(place: Record<string, string>): Promise<void> {
    const worker = this.fleet.launchWorker(place);
    this.#places.set(worker, place);
    await worker.logged("claiming");
  }
}
