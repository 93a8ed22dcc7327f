import { createHash } from "node:crypto";
import type { ModelCatalog, WorkerPresence, WorkerRegistry } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { OwnConnection } from "../connection/own-connection.ts";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeText, encodeText } from "../scripting/text-encoding.ts";
import { beat, CATALOG_MS } from "./beat.ts";
import { type DisconnectedWorkers, encodeConnection } from "./disconnected-workers.ts";
import { followers } from "./followers.ts";
import { lead } from "./lead.ts";
import { leave } from "./leave.ts";
import { listWorkers } from "./list-workers.ts";
import { vanished } from "./vanished.ts";

const DIGEST_CHARS = 16;

interface Heartbeat {
  readonly worker: WorkerPresence;
  readonly ttlMs: number;
}

/**
 * The list of workers in Redis: their presences, when each of them vanishes by Redis's clock, and the connection that
 * each beat on last. A worker of this process beats again as soon as it has another connection.
 */
export class RedisWorkerRegistry implements WorkerRegistry {
  readonly #redis: Redis;
  readonly #scripts: Scripts;
  readonly #own: OwnConnection;
  readonly #disconnected: DisconnectedWorkers;
  /** The last heartbeat of each worker of this process. */
  readonly #heartbeats = new Map<string, Heartbeat>();
  /** The tasks that workers of this process have asked for. */
  readonly #tasks = new Set<string>();
  /** The catalogs that workers of this process offer, as they are kept, by their digests. */
  readonly #offered = new Map<string, Promise<Buffer>>();

  constructor(
    redis: Redis,
    scripts: Scripts,
    own: OwnConnection,
    disconnected: DisconnectedWorkers,
    onFault: (error: Error) => void,
  ) {
    this.#redis = redis;
    this.#scripts = scripts;
    this.#own = own;
    this.#disconnected = disconnected;
    own.onKnown(() => {
      for (const heartbeat of this.#heartbeats.values()) this.#write(heartbeat).catch(onFault);
    });
  }

  async beat(worker: WorkerPresence, ttlMs: number): Promise<void> {
    this.#heartbeats.set(worker.id, { worker, ttlMs });
    this.#own.ask();
    await this.#write({ worker, ttlMs });
  }

  offer(catalog: ModelCatalog): string {
    const json = JSON.stringify(catalog);
    const digest = createHash("sha256").update(json).digest("hex").slice(0, DIGEST_CHARS);
    this.#offered.set(digest, encodeText(json));
    return digest;
  }

  async catalogs(digests: readonly string[]): Promise<ReadonlyMap<string, ModelCatalog>> {
    if (digests.length === 0) return new Map();
    const { catalogPrefix } = this.#scripts.keys;
    const kept = await reached(this.#redis.mgetBuffer(digests.map((digest) => catalogPrefix + digest)));
    const found = digests.flatMap((digest, i) => (kept[i] ? [[digest, kept[i]] as const] : []));
    const read = async ([digest, text]: readonly [string, Buffer]) =>
      [digest, JSON.parse(await decodeText(text)) as ModelCatalog] as const;
    return new Map(await Promise.all(found.map(read)));
  }

  async leave(id: string): Promise<void> {
    this.#heartbeats.delete(id);
    await leave(this.#scripts, id, this.#tasks);
  }

  list(): Promise<WorkerPresence[]> {
    return listWorkers(this.#scripts);
  }

  followers(id: string, count: number): Promise<string[]> {
    return followers(this.#scripts, id, count);
  }

  vanished(count: number): Promise<string[]> {
    return vanished(this.#scripts, count);
  }

  disconnected(ids: readonly string[]): Promise<string[]> {
    return this.#disconnected.among(ids);
  }

  async lead(task: string, worker: string, ttlMs: number): Promise<boolean> {
    this.#tasks.add(task);
    return lead(this.#scripts, task, worker, ttlMs);
  }

  async #write({ worker, ttlMs }: Heartbeat): Promise<void> {
    const { identity } = this.#own;
    const isKnown = await beat(this.#scripts, worker, ttlMs, identity && encodeConnection(identity));
    const offered = worker.models === undefined ? undefined : this.#offered.get(worker.models);
    if (isKnown || !offered) return;
    // Written once for all workers that offer the same; heartbeats keep it.
    const key = this.#scripts.keys.catalogPrefix + worker.models;
    await reached(this.#redis.set(key, await offered, "PX", CATALOG_MS));
  }
}
