import {
  type ApiKeyId,
  type ApiKeys,
  ENDED_KEY_SHOWN_MS,
  type Rate,
  type RateDecision,
  type StoredApiKey,
} from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import { number, optionalNumber, text } from "../scripting/parameters.ts";
import { integer, nothing, orNull, tuple, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeApiKey, encodeApiKey } from "./api-key-record.ts";

const CREATE_API_KEY = defineScript({
  name: "create-api-key",
  keys: {
    key: "hash of the API key",
    all: "sorted set of the ids of all API keys, in lexical order",
  },
  args: {
    id: text("of the API key"),
    gone: optionalNumber("when it is gone, Unix ms; empty when it never expires"),
  },
  moreArgs: "fields of the hash and their values",
  reply: nothing,
});

const REVOKE_API_KEY = defineScript({
  name: "revoke-api-key",
  keys: {
    key: "hash of the API key",
  },
  args: {
    kept: number("milliseconds that it is kept then; it may be gone before, when it has expired or does so"),
  },
  reply: nothing,
});

const USE_API_KEY = defineScript({
  name: "use-api-key",
  keys: {
    key: "hash of the API key",
    rate: "when the bucket is full again, Redis time in microseconds; absent when it is full",
  },
  args: {
    noteEvery: number("milliseconds between two notes of the use"),
    interval: optionalNumber("microseconds between two requests; absent without a rate"),
    burst: optionalNumber("requests of a burst"),
  },
  reply: orNull(
    tuple(
      yesOrNo("it is allowed"),
      integer("requests left"),
      integer("ms until the next one"),
      integer("ms until full"),
    ),
  ),
});

const NOTE_EVERY_MS = 60_000;
const SECOND_MICROS = 1_000_000;

/** The API keys in Redis: a hash each, which goes by itself when its time is over, and one set of all ids. */
export class RedisApiKeys implements ApiKeys {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  async create(key: StoredApiKey): Promise<void> {
    const { apiKey, apiKeys } = this.#scripts.keys;
    const gone = key.expiresAt === null ? null : Date.parse(key.expiresAt) + ENDED_KEY_SHOWN_MS;
    const args = encodeApiKey(key);
    await this.#scripts.call(CREATE_API_KEY, { key: apiKey(key.id), all: apiKeys }, { id: key.id, gone }, { args });
  }

  async get(id: ApiKeyId): Promise<StoredApiKey | null> {
    return reached(this.#read(id));
  }

  async list(tenant?: string): Promise<StoredApiKey[]> {
    const { apiKeys } = this.#scripts.keys;
    const ids = (await reached(this.#redis.zrevrange(apiKeys, 0, -1))) as ApiKeyId[];
    const keys = await reached(Promise.all(ids.map((id) => this.#read(id))));
    const gone = ids.filter((_id, i) => keys[i] === null);
    if (gone.length > 0) await reached(this.#redis.zrem(apiKeys, ...gone));
    return keys.filter((key) => key !== null).filter((key) => tenant === undefined || key.tenant === tenant);
  }

  async revoke(id: ApiKeyId): Promise<StoredApiKey | null> {
    await this.#scripts.call(REVOKE_API_KEY, { key: this.#scripts.keys.apiKey(id) }, { kept: ENDED_KEY_SHOWN_MS });
    return this.get(id);
  }

  use(id: ApiKeyId, rate: Rate): Promise<RateDecision>;
  use(id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null>;
  async use(id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null> {
    const { apiKey, apiKeyRate } = this.#scripts.keys;
    const interval = rate && Math.max(1, Math.round(SECOND_MICROS / rate.perSecond));
    const limit = { noteEvery: NOTE_EVERY_MS, interval, burst: rate?.burst ?? null };
    const reply = await this.#scripts.call(USE_API_KEY, { key: apiKey(id), rate: apiKeyRate(id) }, limit);
    if (!reply) return null;
    const [allowed, remaining, retryAfterMs, resetMs] = reply;
    return { allowed, remaining, retryAfterMs, resetMs };
  }

  async #read(id: ApiKeyId): Promise<StoredApiKey | null> {
    return decodeApiKey(id, await this.#redis.hgetall(this.#scripts.keys.apiKey(id)));
  }
}
