import { timingSafeEqual } from "node:crypto";
import { type ApiKeys, digestOfSecret, parseApiKeyText, type Rate, type StoredApiKey } from "@pifleet/invocation";
import type { Authenticator, EndedKey, Identity } from "./authentication.ts";
import { KeyLookup } from "./key-lookup.ts";

export interface StoredKeysOptions {
  readonly apiKeys: ApiKeys;
  /** How many requests each key may make; `null` for any number. */
  readonly rate: Rate | null;
  /** Unix milliseconds, for when keys expire. */
  readonly now?: () => number;
  /** Milliseconds that are never set back, for how long a key is remembered. */
  readonly clock?: () => number;
}

/** What a key is compared with that is not there, so that this takes as long as for one that is. */
const NOBODYS_DIGEST = "0".repeat(64);

/** Knows the keys that are stored: those of `pifleet keys create`. */
export function storedKeysAuthenticator(options: StoredKeysOptions): Authenticator {
  const { apiKeys, rate, now = Date.now, clock } = options;
  const lookup = new KeyLookup(apiKeys, clock);
  return async (text) => {
    const parts = parseApiKeyText(text);
    if (!parts) return null;
    const [key, digest] = await Promise.all([lookup.get(parts.id), digestOfSecret(parts.secret)]);
    const isOwners = equals(digest, key?.sha256 ?? NOBODYS_DIGEST);
    if (!key || !isOwners) return null;
    return endOf(key, now()) ?? identityOf(key, apiKeys, rate);
  };
}

function endOf({ revokedAt, expiresAt }: StoredApiKey, nowMs: number): EndedKey | null {
  if (revokedAt !== null) return { ended: "revoked", at: revokedAt };
  if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) return { ended: "expired", at: expiresAt };
  return null;
}

function identityOf({ id, name, tenant, scopes }: StoredApiKey, apiKeys: ApiKeys, rate: Rate | null): Identity {
  return { tenant, scopes, key: id, keyName: name, allowance: { rate, spend: () => apiKeys.use(id, rate) } };
}

/** Takes as long for every digest, whatever they have in common. */
function equals(digest: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(digest, "hex"), Buffer.from(expected, "hex"));
}
