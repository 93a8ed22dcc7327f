import { newUlid, type StoredApiKey } from "@pifleet/invocation";

/** A key of tenant `default` that never expires, of an unknown secret, with what the test wants to be different. */
export function sampleApiKey(given: Partial<StoredApiKey> = {}, createdMs: number = Date.now()): StoredApiKey {
  return {
    id: `key_${newUlid(createdMs)}`,
    name: null,
    tenant: "default",
    scopes: ["invocations:read", "invocations:write"],
    sha256: "0".repeat(64),
    createdAt: new Date(createdMs).toISOString(),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...given,
  };
}
