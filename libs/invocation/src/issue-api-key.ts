import type { ApiKeyName, Scope, StoredApiKey, Tenant } from "./api-key.ts";
import { apiKeyText, digestOfSecret, newApiKeySecret } from "./api-key-text.ts";
import { newUlid } from "./id.ts";

/** The owner of a new key, its name, what it may do, and until when: Unix milliseconds, or null for ever. */
export interface ApiKeyGrant {
  readonly tenant: Tenant;
  readonly name?: ApiKeyName | null;
  readonly scopes: readonly Scope[];
  readonly expiresMs: number | null;
}

/** A new key, and the text of it that its owner gets: nobody can make that out of what is kept. */
export interface IssuedApiKey {
  readonly key: StoredApiKey;
  readonly text: string;
}

/** Makes a key that is not kept anywhere yet. */
export async function issueApiKey(grant: ApiKeyGrant, nowMs: number = Date.now()): Promise<IssuedApiKey> {
  const { tenant, name = null, scopes, expiresMs } = grant;
  const id = `key_${newUlid(nowMs)}`;
  const secret = newApiKeySecret();
  const key = {
    id,
    name,
    tenant,
    scopes: [...new Set(scopes)],
    sha256: await digestOfSecret(secret),
    createdAt: new Date(nowMs).toISOString(),
    expiresAt: expiresMs === null ? null : new Date(expiresMs).toISOString(),
    revokedAt: null,
    lastUsedAt: null,
  };
  return { key, text: apiKeyText({ id, secret }) };
}
