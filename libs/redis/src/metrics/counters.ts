import type { Counters } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";

/** The counters in one Redis hash. */
export class RedisCounters implements Counters {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(counts: Readonly<Record<string, number>>): Promise<void> {
    const transaction = this.#redis.multi();
    for (const [name, count] of Object.entries(counts)) transaction.hincrby(this.#keys.counters, name, count);
    if (transaction.length > 1) await reached(executed(transaction));
  }

  async read(): Promise<Record<string, number>> {
    const counts = await reached(this.#redis.hgetall(this.#keys.counters));
    return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
  }
}

/** Executes a transaction in one round trip. @throws the error of the first command that failed. */
async function executed(transaction: ReturnType<Redis["multi"]>): Promise<void> {
  try {
    const answers = await transaction.exec();
    const failure = answers?.find(([error]) => error)?.[0];
    if (failure) throw failure;
  } catch (error) {
    throw firstCause(error);
  }
}

/** A transaction that Redis did not execute says only that it did not; why, its commands were told. */
function firstCause(error: unknown): unknown {
  const causes: unknown = error instanceof Error && "previousErrors" in error ? error.previousErrors : undefined;
  return Array.isArray(causes) && causes.length > 0 ? causes[0] : error;
}
