import { type Counters, openCounts, overflowField } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";

/** The counters in two Redis hashes: those whose labels can be any text have one of their own, whose size is bounded. */
export class RedisCounters implements Counters {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(counts: Readonly<Record<string, number>>): Promise<void> {
    const transaction = this.#redis.multi();
    for (const [name, count] of Object.entries(counts)) {
      if (overflowField(name) === undefined) transaction.hincrby(this.#keys.counters, name, count);
    }
    for (const [name, count] of Object.entries(await this.#open(counts))) {
      transaction.hincrby(this.#keys.openCounters, name, count);
    }
    if (transaction.length > 1) await reached(executed(transaction));
  }

  async read(): Promise<Record<string, number>> {
    const { counters, openCounters } = this.#keys;
    const both = await reached(Promise.all([this.#redis.hgetall(counters), this.#redis.hgetall(openCounters)]));
    const entries = both.flatMap((counts) => Object.entries(counts));
    return Object.fromEntries(entries.map(([name, count]) => [name, Number(count)]));
  }

  /** Workers that find room in the same moment may take more than there is, each once. */
  async #open(counts: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    const fields = Object.keys(counts).filter((field) => overflowField(field) !== undefined);
    if (fields.length === 0) return {};
    const { openCounters } = this.#keys;
    const [values, size] = await reached(
      Promise.all([this.#redis.hmget(openCounters, ...fields), this.#redis.hlen(openCounters)]),
    );
    const known = new Set(fields.filter((_, index) => values[index] !== null));
    return openCounts(counts, { has: (field) => known.has(field), size });
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
