import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdmissionLimits, type Backend, NO_LIMITS } from "@pifleet/invocation";
import { connectBackend } from "@pifleet/redis";
import { Fleet, type FleetOptions } from "../fleet/fleet.ts";
import { type PiBuild, type PiCommand, preparePi } from "./baseline/pi.ts";
import type { Interruption } from "./interruption.ts";
import { MeasuredFleet } from "./measured-fleet.ts";
import { PlayedFleet } from "./played-fleet.ts";
import { Collector } from "./processes/collector.ts";
import { ModelProcess } from "./processes/model-process.ts";
import { RedisConsole } from "./redis-console.ts";
import { REPLAYING, type Recording } from "./replay/recording.ts";

const HOUR_MS = 3_600_000;
/** The argument of Node that leaves out of a process all that traces. */
const UNTRACED = `--import=${import.meta.resolve("./untraced/register.ts")}`;

export interface StagedFleet {
  /** Whether it traces, as in production, into a collector on this machine; else nothing of tracing is loaded. */
  readonly traced: boolean;
  /** What its runners replay; without it they are real ones. */
  readonly recording?: Recording;
  /** More environment for its processes. */
  readonly env?: Record<string, string>;
}

export interface StageOptions {
  readonly redisUrl: string;
  /** Where the built programs are. */
  readonly programs: string;
  /** Which `pi` the baselines spawn. */
  readonly build: PiBuild;
  readonly interruption: Interruption;
}

type Parts = Pick<Stage, "redisUrl" | "redis" | "models" | "pi"> & { programs: string; collector: Collector };

/** Where measurements are made: a fake model, a collector, and fleets of real processes on one Redis. */
export class Stage implements AsyncDisposable {
  readonly models: ModelProcess;
  readonly redis: RedisConsole;
  readonly redisUrl: string;
  /** How `pi` is started in the baselines. */
  readonly pi: PiCommand;
  readonly #keys = `bench-${randomUUID()}`;
  readonly #programs: string;
  readonly #stack: AsyncDisposableStack;
  readonly #collector: Collector;
  #prefixes = 0;

  static async open({ redisUrl, programs, build, interruption }: StageOptions): Promise<Stage> {
    const stack = new AsyncDisposableStack();
    interruption.covers(stack);
    const { TMPDIR } = process.env;
    const directory = await mkdtemp(join(tmpdir(), "bench-"));
    process.env.TMPDIR = directory;
    stack.defer(async () => {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      await rm(directory, { recursive: true, force: true });
    });
    const redis = stack.use(await RedisConsole.connect(redisUrl));
    const models = stack.use(await ModelProcess.start());
    const collector = stack.use(await Collector.start());
    const pi = await preparePi(build, models.modelsFile());
    return new Stage(stack, { redisUrl, programs, redis, models, pi, collector });
  }

  private constructor(stack: AsyncDisposableStack, { redisUrl, programs, redis, models, pi, collector }: Parts) {
    this.#stack = stack;
    this.redisUrl = redisUrl;
    this.#programs = programs;
    this.redis = redis;
    this.models = models;
    this.pi = pi;
    this.#collector = collector;
    stack.defer(async () => redis.remove(await redis.keys(this.#keys)));
  }

  /** Starts the built programs on the Redis of this stage; whoever asks for it has to stop it. */
  startPrograms(options: FleetOptions): Promise<Fleet> {
    return Fleet.start({ redisUrl: this.redisUrl, programs: this.#programs, ...options });
  }

  /** Starts an API and a worker, on keys of their own; they are stopped with the stage. */
  async startFleet({ traced, recording, env = {} }: StagedFleet): Promise<MeasuredFleet> {
    const imports = [...(traced ? [] : [UNTRACED]), ...(recording ? [REPLAYING] : [])];
    return MeasuredFleet.start({
      redis: this.redis,
      redisUrl: this.redisUrl,
      // What takes the place of a module does so in the sources.
      programs: imports.length > 0 ? undefined : this.#programs,
      prefix: this.newPrefix(),
      models: this.models.modelsFile(),
      env: {
        NODE_OPTIONS: imports.join(" "),
        ...(traced && { OTEL_EXPORTER_OTLP_ENDPOINT: this.#collector.endpoint }),
        ...recording?.environment,
        ...env,
      },
      traced,
      stack: this.#stack,
    });
  }

  /** Connects to the Redis of the fleets, on keys of its own. */
  async connect(limits: AdmissionLimits, prefix = this.newPrefix()): Promise<Backend> {
    const options = { url: this.redisUrl, prefix, retentionMs: HOUR_MS, role: "worker", limits } as const;
    return this.#stack.adopt(await connectBackend(options), (backend) => backend.close());
  }

  /** Starts an API alone, on keys of its own, and plays the workers; it is stopped with the stage. */
  async playFleet(): Promise<PlayedFleet> {
    const prefix = this.newPrefix();
    const backend = await this.connect(NO_LIMITS, prefix);
    const env = { PIFLEET_REDIS_PREFIX: prefix };
    const fleet = this.#stack.use(await this.startPrograms({ workers: 0, env }));
    return new PlayedFleet(fleet.api, fleet.key, backend);
  }

  /** What the keys of one more fleet are to begin with; they are removed with the stage. */
  newPrefix(): string {
    this.#prefixes += 1;
    return `${this.#keys}-${this.#prefixes}`;
  }

  /** Stops this with the stage. */
  use<T extends AsyncDisposable>(started: T): T {
    return this.#stack.use(started);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
