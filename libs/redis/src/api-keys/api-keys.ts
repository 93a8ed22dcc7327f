import type { ApiKeyId, ApiKeys, Rate, RateDecision, StoredApiKey } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeApiKey } from "./api-key-record.ts";
import { createApiKey } from "./create-api-key.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { useApiKey } from "./use-api-key.ts";

/** The API keys in Redis: a hash each, which goes by itself when its time is over, and one set of all ids. */
export class RedisApiKeys implements ApiKeys {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  constructor(redis: Redis, scripts: Scripts) {
    this.#redis = redis;
    this.#scripts = scripts;
  }

  async create(key: StoredApiKey): Promise<void> {
    await createApiKey(this.#scripts, key);
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
    await revokeApiKey(this.#scripts, id);
    return this.get(id);
  }

  use(id: ApiKeyId, rate: Rate): Promise<RateDecision>;
  use(id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null>;
  use(id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null> {
    return useApiKey(this.#scripts, id, rate);
  }

  async #read(id: ApiKeyId): Promise<StoredApiKey | null> {
    return decodeApiKey(id, await this.#redis.hgetall(this.#scripts.keys.apiKey(id)));
  }
}
