import type { ErrorCode, HeldProvider, ProviderBreakers, ProviderSilence } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import { number, text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const REPORT_PROVIDER = defineScript({
  name: "report-provider",
  keys: {
    breakers: "hash from `provider|account`, see breakers.lua",
  },
  args: {
    name: text("provider|account"),
    id: text("of the invocation"),
    reason: text("error code of the attempt"),
    wish: number("milliseconds that the provider asked to wait; 0 when it did not"),
  },
  reply: nothing,
});

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

  async silent(name: string, { invocation, code, retryAfterMs = 0 }: ProviderSilence): Promise<void> {
    const told = { name, id: invocation, reason: code, wish: Math.round(retryAfterMs) };
    await this.#scripts.call(REPORT_PROVIDER, { breakers: this.#scripts.keys.breakers }, told);
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
