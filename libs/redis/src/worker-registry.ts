import type { WorkerPresence, WorkerRegistry } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { beat } from "./scripts/beat.ts";
import { listWorkers } from "./scripts/list-workers.ts";
import type { Scripts } from "./scripts.ts";
import { reached } from "./unavailable.ts";

/** The list of workers in Redis: their presences, and when each of them vanishes by Redis's clock. */
export class RedisWorkerRegistry implements WorkerRegistry {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  beat(worker: WorkerPresence, ttlMs: number): Promise<void> {
    return beat(this.#scripts, worker, ttlMs);
  }

  async leave(id: string): Promise<void> {
    const { workers, workerDeadlines } = this.#scripts.keys;
    await reached(Promise.all([this.#redis.zrem(workerDeadlines, id), this.#redis.hdel(workers, id)]));
  }

  list(): Promise<WorkerPresence[]> {
    return listWorkers(this.#scripts);
  }
}
