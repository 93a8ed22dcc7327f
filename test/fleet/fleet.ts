import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@pifleet/client";
import { issueApiKey, type Tenant } from "@pifleet/invocation";
import { connectBackend } from "@pifleet/redis";
import { ApiService } from "./api-service.ts";
import { remainsOfRuns } from "./processes.ts";
import { WorkerService } from "./worker-service.ts";

export interface FleetOptions {
  /** How many workers to start. Default 1. */
  readonly workers?: number;
  /** How many APIs to start. Default 1. */
  readonly apis?: number;
  /** The Redis of the fleet. Default: the one of all tests. */
  readonly redisUrl?: string;
  /** Where the built programs are. Default: the sources are run. */
  readonly programs?: string | undefined;
  /** The content of the models file. */
  readonly models?: unknown;
  /** More environment for every process. */
  readonly env?: Record<string, string>;
}

/**
 * A fleet of real processes: APIs and workers, on keys of its own in the tests' Redis or in one that it is given, and
 * with directories of its own.
 */
export class Fleet implements AsyncDisposable {
  readonly key = `test-key-${randomUUID()}`;
  readonly directory: string;
  /** All that were started, in this order; also those that have ended. */
  readonly workers: WorkerService[] = [];
  /** All that were started, in this order; also those that have ended. */
  readonly apis: ApiService[] = [];
  readonly #programs: string | undefined;
  readonly #env: Record<string, string>;

  private constructor(directory: string, programs: string | undefined, env: Record<string, string>) {
    this.directory = directory;
    this.#programs = programs;
    this.#env = { ...env, PIFLEET_BOOTSTRAP_KEY: this.key };
  }

  static async start(options: FleetOptions = {}): Promise<Fleet> {
    const { workers = 1, apis = 1, redisUrl, programs, models, env = {} } = options;
    const directory = await mkdtemp(join(tmpdir(), "fleet-"));
    const modelsFile = join(directory, "models.json");
    if (models) await writeFile(modelsFile, JSON.stringify(models));
    await mkdir(join(directory, "workspaces"));
    const fleet = new Fleet(directory, programs, {
      REDIS_URL: redisUrl ?? process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
      PIFLEET_REDIS_PREFIX: `test-${randomUUID()}`,
      PIFLEET_WORKSPACES: join(directory, "workspaces"),
      PIFLEET_ARTIFACTS: join(directory, "artifacts"),
      ...(models !== undefined && { PIFLEET_MODELS_FILE: modelsFile }),
      ...env,
    });
    const started = await Promise.allSettled([
      ...Array.from({ length: apis }, () => fleet.startApi()),
      ...Array.from({ length: workers }, () => fleet.startWorker()),
    ]);
    const failed = started.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") {
      await fleet.stop();
      throw failed.reason;
    }
    return fleet;
  }

  /** The newest API that lives. */
  get api(): ApiService {
    const api = this.apis.findLast(({ alive }) => alive);
    if (!api) throw new Error("No API is alive");
    return api;
  }

  /** The client of the newest API that lives. */
  get client(): Client {
    return this.api.client;
  }

  /** A client of the newest API that lives, with a key of its own for this tenant. */
  async clientOf(tenant: Tenant): Promise<Client> {
    const { REDIS_URL: url = "", PIFLEET_REDIS_PREFIX: prefix } = this.#env;
    const issued = await issueApiKey({ tenant, scopes: ["invocations:read", "invocations:write"], expiresMs: null });
    const backend = await connectBackend({ url, prefix, retentionMs: 0, role: "worker" });
    await backend.apiKeys.create(issued.key);
    await backend.close();
    return this.api.clientFor(issued.text);
  }

  /** The address of the newest API that lives. */
  get url(): string {
    return this.api.url;
  }

  /** The directory that holds the workspaces. */
  get workspaces(): string {
    return join(this.directory, "workspaces");
  }

  /** What attempts have left in the directory of the workspaces. */
  remains(): string[] {
    return remainsOfRuns(this.workspaces);
  }

  /** Sends a request with the key. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.api.fetch(path, init);
  }

  /** Starts an API on a free port; resolves when it listens. */
  async startApi(env: Record<string, string> = {}): Promise<ApiService> {
    const api = new ApiService(this.key, { programs: this.#programs, env: { ...this.#env, PORT: "0", ...env } });
    this.apis.push(api);
    return api.listening();
  }

  /** Starts a worker; resolves when it claims. */
  async startWorker(env: Record<string, string> = {}): Promise<WorkerService> {
    const worker = this.launchWorker(env);
    await worker.logged("claiming");
    return worker;
  }

  /** Starts a worker with arguments, and does not wait for it. */
  launchWorker(env: Record<string, string> = {}, args: readonly string[] = []): WorkerService {
    const worker = new WorkerService({ programs: this.#programs, env: { ...this.#env, ...env }, args });
    this.workers.push(worker);
    return worker;
  }

  /** The worker with this id. */
  worker(id: string): WorkerService {
    const worker = this.workers.find((candidate) => candidate.id === id);
    if (!worker) throw new Error(`No worker of this fleet is called ${id}`);
    return worker;
  }

  /** Stops all processes and removes all directories. */
  async stop(): Promise<void> {
    await Promise.all([...this.apis, ...this.workers].map((service) => service.stop()));
    await rm(this.directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
