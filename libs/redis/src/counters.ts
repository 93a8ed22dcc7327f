import type { Counters } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";
import { reached } from "./unavailable.ts";

/** The counters in one Redis hash. */
export class RedisCounters implements Counters {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(counts: Readonly<Record<string, number>>): Promise<void> {
    const { counters } = this.#keys;
    await reached(
      Promise.all(Object.entries(counts).map(([name, count]) => this.#redis.hincrby(counters, name, count))),
    );
  }

  async read(): Promise<Record<string, number>> {
    const counts = await reached(this.#redis.hgetall(this.#keys.counters));
    return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
  }
}
