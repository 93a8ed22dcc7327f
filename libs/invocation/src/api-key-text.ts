import type { ApiKeyId } from "./api-key.ts";

const SECRET_BYTES = 32;
const FORM = /^pifleet_(?<ulid>[0-9A-Z]{26})_(?<secret>[\w-]{43})$/;

/** What the text of an API key tells. */
export interface ApiKeyParts {
  readonly id: ApiKeyId;
  readonly secret: string;
}

/**
 * The text that the owner of a key sends: `pifleet_`, the ULID of its id, `_` and its secret. So whoever finds one,
 * people and secret scanners alike, sees what it is and which key to revoke.
 */
export function apiKeyText({ id, secret }: ApiKeyParts): string {
  return `pifleet_${id.slice("key_".length)}_${secret}`;
}

/** The parts of such a text; null when it is none. */
export function parseApiKeyText(text: string): ApiKeyParts | null {
  const { ulid, secret } = FORM.exec(text)?.groups ?? {};
  return ulid === undefined || secret === undefined ? null : { id: `key_${ulid}`, secret };
}

/** A new secret: 32 random bytes in base64url, 43 characters. */
export function newApiKeySecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** What is kept of a secret: the SHA-256 of its text, in hexadecimal. It is random, so that a plain hash is enough. */
export async function digestOfSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
