import type { Redis } from "ioredis";
import { reached } from "./unavailable.ts";

/** How far what was written must have gone before anybody is told of it. */
export interface ReplicationOptions {
  /** Replicas that must have it; at least 1. */
  readonly replicas: number;
  /** How long to wait for them at most, milliseconds. */
  readonly waitMs: number;
}

/**
 * Waits until replicas have what was written. It goes on when they do not have it in time: the write stands on the primary
 * all the same, and refusing it there is not possible any more.
 *
 * It has a connection of its own, because `WAIT` holds up whatever comes behind it. What it writes there comes behind
 * all that was written before, on whatever connection, so the replicas that have it have all of that. Those that wait at
 * the same time wait together: one round trip for all of them.
 */
export class Replication {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #options: ReplicationOptions;
  readonly #onFault: (error: Error) => void;
  #underWay: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isBehind = false;

  /** @param key holds nothing of interest */
  constructor(redis: Redis, key: string, options: ReplicationOptions, onFault: (error: Error) => void) {
    this.#redis = redis;
    this.#key = key;
    this.#options = options;
    this.#onFault = onFault;
  }

  /** Resolves when the replicas have everything that was written before, or when the time is over. Never rejects. */
  wait(): Promise<void> {
    // One that is under way may have begun before the caller's write.
    this.#next ??= this.#after(this.#underWay);
    return this.#next;
  }

  async #after(earlier: Promise<void> | undefined): Promise<void> {
    await earlier;
    this.#underWay = this.#next;
    this.#next = undefined;
    try {
      await this.#ask();
    } catch (error) {
      this.#report(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #ask(): Promise<void> {
    const { replicas, waitMs } = this.#options;
    const written = this.#redis.set(this.#key, "");
    const [, count] = await reached(Promise.all([written, this.#redis.wait(replicas, waitMs)]));
    if (count < replicas)
      this.#report(new Error(`${count} of ${replicas} replicas of Redis had what was written after ${waitMs} ms`));
    else this.#isBehind = false;
  }

  /** Once, until the replicas are there again. */
  #report(error: Error): void {
    if (!this.#isBehind) this.#onFault(error);
    this.#isBehind = true;
  }
}
