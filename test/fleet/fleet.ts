import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@pifleet/client";
import { Service } from "./service.ts";

export interface FleetOptions {
  /** How many workers to start. Default 1. */
  readonly workers?: number;
  /** The content of the models file. */
  readonly models?: unknown;
  /** More environment for every process. */
  readonly env?: Record<string, string>;
}

/**
 * A fleet of real processes for one test file: an API and workers, on keys of its own in the tests' Redis and with
 * directories of its own.
 */
export class Fleet {
  readonly key = `test-key-${randomUUID()}`;
  readonly directory: string;
  readonly workers: Service[] = [];
  readonly #env: Record<string, string>;
  readonly #apis: Service[] = [];
  #client: Client | undefined;
  #url = "";

  private constructor(directory: string, env: Record<string, string>) {
    this.directory = directory;
    this.#env = { ...env, PIFLEET_BOOTSTRAP_KEY: this.key };
  }

  static async start({ workers = 1, models, env = {} }: FleetOptions = {}): Promise<Fleet> {
    const directory = await mkdtemp(join(tmpdir(), "fleet-"));
    const modelsFile = join(directory, "models.json");
    if (models) await writeFile(modelsFile, JSON.stringify(models));
    await mkdir(join(directory, "workspaces"));
    const fleet = new Fleet(directory, {
      REDIS_URL: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
      PIFLEET_REDIS_PREFIX: `test-${randomUUID()}`,
      PIFLEET_WORKSPACES: join(directory, "workspaces"),
      ...(models !== undefined && { PIFLEET_MODELS_FILE: modelsFile }),
      ...env,
    });
    await Promise.all([fleet.startApi(), ...Array.from({ length: workers }, () => fleet.startWorker())]);
    return fleet;
  }

  /** The client of the newest API. */
  get client(): Client {
    if (!this.#client) throw new Error("The API has not been started");
    return this.#client;
  }

  /** The address of the newest API. */
  get url(): string {
    return this.#url;
  }

  /** The directory that holds the workspaces. */
  get workspaces(): string {
    return join(this.directory, "workspaces");
  }

  /** Sends a request with the key. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${this.key}`);
    return fetch(`${this.#url}${path}`, { ...init, headers });
  }

  /** Starts an API on a free port; resolves when it listens. */
  async startApi(env: Record<string, string> = {}): Promise<Service> {
    const api = new Service("api", { ...this.#env, PORT: "0", ...env });
    this.#apis.push(api);
    const { url } = await api.logged("listening");
    this.#url = String(url);
    this.#client = createClient({ url: this.#url, apiKey: this.key });
    return api;
  }

  /** Starts a worker; resolves when it claims. */
  async startWorker(env: Record<string, string> = {}): Promise<Service> {
    const worker = new Service("worker", { ...this.#env, ...env });
    this.workers.push(worker);
    await worker.logged("claiming");
    return worker;
  }

  /** Stops all processes and removes all directories. */
  async stop(): Promise<void> {
    await Promise.all([...this.#apis, ...this.workers].map((service) => service.stop()));
    await rm(this.directory, { recursive: true, force: true });
  }
}
