import type { ApiKeyId, ApiKeys, StoredApiKey } from "@pifleet/invocation";
import { Recent } from "./recent.ts";

/** So long may a key be good after it was revoked. */
const AGE_MS = 1_000;
const CAPACITY = 10_000;

/**
 * Looks API keys up, and remembers for a second what it found, so that neither a busy key nor a flood of wrong ones asks
 * the database each time. What is not there is remembered apart, where it drives no good key out.
 */
export class KeyLookup {
  readonly #apiKeys: Pick<ApiKeys, "get">;
  readonly #clock: () => number;
  readonly #known = new Recent<ApiKeyId, StoredApiKey>({ ageMs: AGE_MS, capacity: CAPACITY });
  readonly #unknown = new Recent<ApiKeyId, null>({ ageMs: AGE_MS, capacity: CAPACITY });
  readonly #asked = new Map<ApiKeyId, Promise<StoredApiKey | null>>();

  /** @param clock milliseconds; never set back */
  constructor(apiKeys: Pick<ApiKeys, "get">, clock: () => number = () => performance.now()) {
    this.#apiKeys = apiKeys;
    this.#clock = clock;
  }

  /** The key as it is, or was a second ago at most. @throws {UnavailableError} */
  async get(id: ApiKeyId): Promise<StoredApiKey | null> {
    const now = this.#clock();
    const known = this.#known.get(id, now) ?? this.#unknown.get(id, now);
    if (known !== undefined) return known;
    return this.#asked.get(id) ?? this.#ask(id, now);
  }

  #ask(id: ApiKeyId, askedAt: number): Promise<StoredApiKey | null> {
    const answer = this.#remember(id, askedAt).finally(() => this.#asked.delete(id));
    this.#asked.set(id, answer);
    return answer;
  }

  async #remember(id: ApiKeyId, askedAt: number): Promise<StoredApiKey | null> {
    const key = await this.#apiKeys.get(id);
    if (key) this.#known.set(id, key, askedAt);
    else this.#unknown.set(id, null, askedAt);
    return key;
  }
}
