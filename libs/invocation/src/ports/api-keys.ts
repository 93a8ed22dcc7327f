import type { ApiKeyId, StoredApiKey } from "../api-key.ts";

/** How many requests a key may make: `perSecond` on average, and up to `burst` at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left of a rate after one request. */
export interface RateDecision {
  readonly allowed: boolean;
  /** How many requests may follow at once. */
  readonly remaining: number;
  /** In how long the next request is allowed; 0 when it is now. */
  readonly retryAfterMs: number;
  /** In how long the whole burst is there again. */
  readonly resetMs: number;
}

/** How long a key is shown after it was revoked or has expired, so that people see what it was: 30 days. */
export const ENDED_KEY_SHOWN_MS = 30 * 86_400_000;

/**
 * The port to the API keys. A key that was revoked, or has expired, is gone `ENDED_KEY_SHOWN_MS` later; as nobody's
 * key it is then as useless as before. All throw `UnavailableError` when what is behind it cannot be reached.
 */
export interface ApiKeys {
  create(key: StoredApiKey): Promise<void>;
  get(id: ApiKeyId): Promise<StoredApiKey | null>;
  /** All, or those of one tenant; newest first. */
  list(tenant?: string): Promise<StoredApiKey[]>;
  /** Revokes it at once and for good; null when there is no such key. Safe to call twice. */
  revoke(id: ApiKeyId): Promise<StoredApiKey | null>;
  /**
   * Counts one request against the key's rate (the same over all processes), and notes that it was used, once a
   * minute at most. Without a rate it only notes.
   */
  use(id: ApiKeyId, rate: Rate): Promise<RateDecision>;
  use(id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null>;
}
