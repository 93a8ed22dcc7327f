import type { StoredApiKey } from "@pifleet/invocation";
import { type ApiKeyId, type ApiKeys, ENDED_KEY_SHOWN_MS, type Rate, type RateDecision } from "@pifleet/invocation";
import { TokenBucket } from "./token-bucket.ts";

const NOTE_EVERY_MS = 60_000;

/** The API keys, in memory. */
export class MemoryApiKeys implements ApiKeys {
  readonly #now: () => number;
  readonly #keys = new Map<ApiKeyId, StoredApiKey>();
  readonly #buckets = new Map<ApiKeyId, TokenBucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async create(key: StoredApiKey): Promise<void> {
    this.#keys.set(key.id, structuredClone(key));
  }

  async get(id: ApiKeyId): Promise<StoredApiKey | null> {
    this.#dropGone();
    return structuredClone(this.#keys.get(id) ?? null);
  }

  async list(tenant?: string): Promise<StoredApiKey[]> {
    this.#dropGone();
    const keys = [...this.#keys.values()].filter((key) => tenant === undefined || key.tenant === tenant);
    return structuredClone(keys.toSorted((one, other) => (one.id < other.id ? 1 : -1)));
  }

  async revoke(id: ApiKeyId): Promise<StoredApiKey | null> {
    const key = this.#keys.get(id);
    if (key && key.revokedAt === null) this.#keys.set(id, { ...key, revokedAt: this.#time() });
    return this.get(id);
  }

  use(id: ApiKeyId, rate: Rate): Promise<RateDecision>;
  use(id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null>;
  async use(id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null> {
    this.#note(id);
    if (!rate) return null;
    const bucket = this.#buckets.get(id) ?? new TokenBucket();
    this.#buckets.set(id, bucket);
    return bucket.take(rate, this.#now());
  }

  #note(id: ApiKeyId): void {
    const key = this.#keys.get(id);
    if (!key) return;
    const noted = key.lastUsedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(key.lastUsedAt);
    if (this.#now() - noted >= NOTE_EVERY_MS) this.#keys.set(id, { ...key, lastUsedAt: this.#time() });
  }

  #dropGone(): void {
    for (const { id, revokedAt, expiresAt } of this.#keys.values()) {
      const ends = [revokedAt, expiresAt].filter((end) => end !== null).map((end) => Date.parse(end));
      if (Math.min(...ends) + ENDED_KEY_SHOWN_MS <= this.#now()) this.#keys.delete(id);
    }
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
