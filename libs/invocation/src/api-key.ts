import * as z from "zod";

/** Scopes of a key. `admin` may do everything with what its tenant has; `operator` runs the fleet, for all tenants. */
export const Scope = z.enum(["invocations:read", "invocations:write", "webhooks", "admin", "operator"]);
export type Scope = z.infer<typeof Scope>;

/** The owner of invocations, webhooks and keys. */
export const Tenant = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "must be 1 to 63 lower case letters, digits, dashes or underscores");
export type Tenant = z.infer<typeof Tenant>;

/** The owner of what is submitted with the bootstrap key, or without authentication. */
export const DEFAULT_TENANT: Tenant = "default";

const Time = z.iso.datetime({ precision: 3 });

export const ApiKeyId = z.string().regex(/^key_[0-9A-Z]{26}$/, "must be the id of a key: key_ and a ULID");
export type ApiKeyId = z.infer<typeof ApiKeyId>;

/** How long the name of a key may be; characters. */
const MAX_NAME_CHARS = 100;

/** A text by which people know a key. Nothing in it may break a line or hide. */
export const ApiKeyName = z
  .string()
  .min(1, "must not be empty")
  .max(MAX_NAME_CHARS, `must have ${MAX_NAME_CHARS} characters at most`)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, "must not hold line breaks or invisible characters")
  .refine((name) => name.trim() === name, "must not begin or end with spaces");
export type ApiKeyName = z.infer<typeof ApiKeyName>;

/** An API key without its secret. */
export const ApiKey = z.object({
  id: ApiKeyId,
  name: ApiKeyName.nullable(),
  tenant: Tenant,
  scopes: z.array(Scope).min(1),
  createdAt: Time,
  expiresAt: Time.nullable(),
  revokedAt: Time.nullable(),
  lastUsedAt: Time.nullable().describe("About when it was used last; within a minute"),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** A key as it is kept: of its secret only the SHA-256, in hexadecimal. */
export interface StoredApiKey extends ApiKey {
  readonly sha256: string;
}
