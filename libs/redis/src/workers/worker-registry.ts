import { createHash } from "node:crypto";
import type { ModelCatalog, WorkerPresence, WorkerRegistry } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { OwnConnection } from "../connection/own-connection.ts";
import { reached } from "../connection/unavailable.ts";
import { json, number, numeral, text } from "../scripting/parameters.ts";
import { listOf, nothing, textOf, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeText, encodeText } from "../scripting/text-encoding.ts";
import { type DisconnectedWorkers, encodeConnection } from "./disconnected-workers.ts";
import { listWorkers } from "./list-workers.ts";

const BEAT = defineScript({
  name: "beat",
  keys: {
    workers: "hash from id to presence, see workers.lua",
    catalog: "string: the catalog of the models that it can run",
  },
  args: {
    worker: text("the id of the worker"),
    presence: json("of the worker, as JSON"),
    ttl: number("milliseconds until it vanishes"),
    connection: text("connection; empty when it is not known"),
    own: numeral("how many attempts it runs at once"),
    catalogMs: numeral("milliseconds that a catalog is kept without a heartbeat"),
  },
  reply: yesOrNo("there is such a catalog"),
});

/** How long a catalog is kept when no worker that has it beats any more, milliseconds. */
const CATALOG_MS = 600_000;

const FOLLOWERS = defineScript({
  name: "followers",
  keys: {
    workers: "hash from id to presence, see workers.lua",
  },
  args: {
    worker: text("the id of the worker"),
    count: number("how many at most"),
  },
  reply: listOf(textOf("id")),
});

const LEAD = defineScript({
  name: "lead",
  keys: {
    task: "id of the worker that does the task",
  },
  args: {
    worker: text("the id of the worker"),
    ttl: numeral("milliseconds until another one may"),
  },
  reply: yesOrNo("the worker does the task"),
});

const LEAVE = defineScript({
  name: "leave",
  keys: {
    workers: "hash from id to presence, see workers.lua",
  },
  moreKeys: "leaders of the tasks that it may do for the fleet",
  args: {
    worker: text("the id of the worker"),
    reserves: text("channel of reserves"),
  },
  reply: nothing,
});

const VANISHED = defineScript({
  name: "vanished",
  keys: {
    workers: "hash from id to presence, see workers.lua",
  },
  args: {
    count: number("how many at most"),
  },
  reply: listOf(textOf("id")),
});

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
    const { workers, leader, reserves } = this.#scripts.keys;
    const leaders = Array.from(this.#tasks, (task) => leader(task));
    await this.#scripts.call(LEAVE, { workers }, { worker: id, reserves }, { keys: leaders });
  }

  list(): Promise<WorkerPresence[]> {
    return listWorkers(this.#scripts);
  }

  followers(id: string, count: number): Promise<string[]> {
    return this.#scripts.call(FOLLOWERS, { workers: this.#scripts.keys.workers }, { worker: id, count });
  }

  vanished(count: number): Promise<string[]> {
    return this.#scripts.call(VANISHED, { workers: this.#scripts.keys.workers }, { count });
  }

  disconnected(ids: readonly string[]): Promise<string[]> {
    return this.#disconnected.among(ids);
  }

  async lead(task: string, worker: string, ttlMs: number): Promise<boolean> {
    this.#tasks.add(task);
    return this.#scripts.call(LEAD, { task: this.#scripts.keys.leader(task) }, { worker, ttl: ttlMs });
  }

  async #write({ worker, ttlMs }: Heartbeat): Promise<void> {
    const { identity } = this.#own;
    const { workers, catalogPrefix } = this.#scripts.keys;
    const isKnown = await this.#scripts.call(
      BEAT,
      { workers, catalog: catalogPrefix + (worker.models ?? "") },
      {
        worker: worker.id,
        presence: worker,
        ttl: ttlMs,
        connection: identity ? encodeConnection(identity) : "",
        own: worker.concurrency,
        catalogMs: CATALOG_MS,
      },
    );
    const offered = worker.models === undefined ? undefined : this.#offered.get(worker.models);
    if (isKnown || !offered) return;
    // Written once for all workers that offer the same; heartbeats keep it.
    const key = catalogPrefix + worker.models;
    await reached(this.#redis.set(key, await offered, "PX", CATALOG_MS));
  }
}
