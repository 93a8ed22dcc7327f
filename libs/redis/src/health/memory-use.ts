import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";

/** Of what Redis may use, so much is left for what runs: beyond it no submission is taken. */
const FULL_AT = 0.9;
/** How long an answer is good for, milliseconds. */
const FRESH_MS = 1_000;

/** Tells whether Redis is nearly full. It is asked once a second at most. */
export class MemoryUse {
  readonly #redis: Redis;
  #askedAt = Number.NEGATIVE_INFINITY;
  #answer: Promise<boolean> = Promise.resolve(false);

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** @throws {UnavailableError} */
  isNearlyFull(): Promise<boolean> {
    if (performance.now() - this.#askedAt > FRESH_MS) {
      this.#askedAt = performance.now();
      this.#answer = this.#ask();
    }
    return this.#answer;
  }

  /** A Redis that has no bound, or does not tell, is never full. */
  async #ask(): Promise<boolean> {
    const info = await reached(this.#redis.info("memory"));
    const [, most = "0"] = /^maxmemory:(\d+)/m.exec(info) ?? [];
    const [, used = "0"] = /^used_memory:(\d+)/m.exec(info) ?? [];
    return Number(most) > 0 && Number(used) > FULL_AT * Number(most);
  }
}
