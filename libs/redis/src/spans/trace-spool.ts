import type { AttemptExport, NextTry, OwedSpans, SpoolSize, TraceSpool } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import { json, number, numeral, text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { takeOwed } from "./take-owed.ts";

const RECORD_EXPORT = defineScript({
  name: "record-export",
  base: "invocation",
  keys: {},
  args: {
    attempt: numeral("the number of the attempt"),
    result: json("of the export, as JSON"),
    nextTry: text("never | spool | quarantine"),
    delay: number("milliseconds until then; read unless never"),
  },
  reply: nothing,
});

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

  record({ id, attempt }: OwedSpans, result: AttemptExport, next: NextTry): Promise<void> {
    const delay = next.kind === "never" ? 0 : next.delayMs;
    return this.#scripts.callOn(id, RECORD_EXPORT, {}, { attempt, result, nextTry: next.kind, delay });
  }

  async size(): Promise<SpoolSize> {
    const { owed, quarantined } = this.#scripts.keys;
    const counts = [this.#redis.zcard(owed), this.#redis.zcard(quarantined)] as const;
    const [spooled, refused] = await reached(Promise.all(counts));
    return { spooled, quarantined: refused };
  }
}
