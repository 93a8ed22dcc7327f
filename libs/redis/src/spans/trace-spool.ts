import type { AttemptExport, NextTry, OwedSpans, SpoolSize, TraceSpool } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { recordExport } from "./record-export.ts";
import { takeOwed } from "./take-owed.ts";

/** The spool in Redis: two sorted sets of attempts. The scripts that end an attempt add to them. */
export class RedisTraceSpool implements TraceSpool {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  take(limit: number, leaseMs: number): Promise<OwedSpans[]> {
    return takeOwed(this.#scripts, limit, leaseMs);
  }

  record(owed: OwedSpans, result: AttemptExport, next: NextTry): Promise<void> {
    return recordExport(this.#scripts, owed, result, next);
  }

  async size(): Promise<SpoolSize> {
    const { owed, quarantined } = this.#scripts.keys;
    const counts = [this.#redis.zcard(owed), this.#redis.zcard(quarantined)] as const;
    const [spooled, refused] = await reached(Promise.all(counts));
    return { spooled, quarantined: refused };
  }
}
