import type { ErrorCode, HeldProvider, ProviderBreakers, ProviderSilence } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { reportProvider } from "./report-provider.ts";

/** One that nobody has probed for so long has nobody who waits for it, milliseconds. */
const FORGOTTEN_MS = 120_000;

interface KeptBreaker {
  readonly at: number;
  readonly reason: ErrorCode;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** The breakers in Redis: one hash, see `breakers.lua`. */
export class RedisProviderBreakers implements ProviderBreakers {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  silent(name: string, silence: ProviderSilence): Promise<void> {
    return reportProvider(this.#scripts, name, silence);
  }

  async answered(name: string): Promise<void> {
    await reached(this.#redis.hdel(this.#scripts.keys.breakers, name));
  }

  async held(): Promise<HeldProvider[]> {
    const kept = Object.entries(await reached(this.#redis.hgetall(this.#scripts.keys.breakers)));
    if (kept.length === 0) return [];
    const [seconds = 0] = await reached(this.#redis.time());
    const nowMs = Number(seconds) * 1_000;
    return kept.flatMap(([name, json]) => {
      const { reason, sinceMs, untilMs } = JSON.parse(json) as KeptBreaker;
      if (sinceMs === undefined || untilMs === undefined || nowMs - untilMs > FORGOTTEN_MS) return [];
      const [provider = "", account = ""] = name.split("|");
      return [{ provider, account, reason, since: timeOf(sinceMs), until: timeOf(untilMs) }];
    });
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
