import type { Redis } from "ioredis";
import { reached } from "./unavailable.ts";

/** A sample with a longer round trip tells too little. */
const GOOD_ROUND_TRIP_MS = 200;
/** Redis's clock may be set: an older sample is not trusted. */
const SAMPLE_MAX_AGE_MS = 5_000;

/**
 * Tells what Redis's own clock shows, so that a deadline can be sent along with a call and compared there, whatever
 * the clock of this host says. The answer is never ahead of Redis's clock, and behind it by one round trip at most,
 * so such a deadline may come early by that much, and never late.
 */
export class RedisClock {
  readonly #redis: Redis;
  #offsetMs = 0;
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** The Redis time, Unix ms. Asks Redis when nothing was learnt for some seconds. @throws {UnavailableError} */
  async now(): Promise<number> {
    if (performance.now() - this.#sampledAt > SAMPLE_MAX_AGE_MS) await this.#ask();
    return Math.floor(performance.now() + this.#offsetMs);
  }

  /** Learns from an answer: Redis's clock showed `redisMs` at some moment after `sentAt` (`performance.now()`). */
  learn(sentAt: number, redisMs: number): void {
    const receivedAt = performance.now();
    if (receivedAt - sentAt > GOOD_ROUND_TRIP_MS) return;
    this.#offsetMs = redisMs - receivedAt;
    this.#sampledAt = receivedAt;
  }

  async #ask(): Promise<void> {
    const sentAt = performance.now();
    const [seconds, micros] = await reached(this.#redis.time());
    const redisMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    this.#offsetMs = redisMs - performance.now();
    this.learn(sentAt, redisMs);
  }
}
