import { type ApiKeyId, Scope, type StoredApiKey } from "@pifleet/invocation";

/**
 * The fields of an API key's hash. The times that the scripts write, by Redis's clock, are Unix milliseconds; an
 * absent field is null.
 */
export type ApiKeyFields = Readonly<Record<string, string>>;

/** The fields and values, in turn, with which a key is written. */
export function encodeApiKey(key: StoredApiKey): string[] {
  const { tenant, name, scopes, sha256, createdAt, expiresAt, revokedAt, lastUsedAt } = key;
  const fields = {
    tenant,
    scopes: scopes.join(","),
    sha256,
    createdAt,
    ...(name !== null && { name }),
    ...(expiresAt !== null && { expiresAt }),
    ...(revokedAt !== null && { revokedMs: String(Date.parse(revokedAt)) }),
    ...(lastUsedAt !== null && { lastUsedMs: String(Date.parse(lastUsedAt)) }),
  };
  return Object.entries(fields).flat();
}

/** The key of a hash, or `null` when there is no such hash. */
export function decodeApiKey(id: ApiKeyId, fields: ApiKeyFields): StoredApiKey | null {
  const { tenant, sha256, createdAt, scopes = "" } = fields;
  if (tenant === undefined || sha256 === undefined || createdAt === undefined) return null;
  return {
    id,
    name: fields.name ?? null,
    tenant,
    scopes: scopes.split(",").map((scope) => Scope.parse(scope)),
    sha256,
    createdAt,
    expiresAt: fields.expiresAt ?? null,
    revokedAt: timeOf(fields.revokedMs),
    lastUsedAt: timeOf(fields.lastUsedMs),
  };
}

function timeOf(ms: string | undefined): string | null {
  return ms === undefined ? null : new Date(Number(ms)).toISOString();
}
