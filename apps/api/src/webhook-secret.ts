import { randomBytes } from "node:crypto";
import type { StoredSecret } from "@pifleet/invocation";

const SECRET_BYTES = 32;
/** How long a receiver has to learn the new secret while the old one is good, too; milliseconds. */
const OLD_SECRET_MS = 86_400_000;
/** Every one makes the header with the signatures longer. */
const MAX_SECRETS = 5;

/** A new secret as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}

/**
 * The secrets once `value` is the newest: the one before is good for 24 h more, and so are those that were replaced
 * within these 24 h, four at most.
 */
export function rotatedSecrets(secrets: readonly StoredSecret[], value: string, nowMs: number): StoredSecret[] {
  const oldEnd = new Date(nowMs + OLD_SECRET_MS).toISOString();
  const old = secrets
    .filter((secret) => secret.value !== value && isGood(secret, nowMs))
    .map((secret) => ({ value: secret.value, expiresAt: secret.expiresAt ?? oldEnd }));
  return [{ value, expiresAt: null }, ...old].slice(0, MAX_SECRETS);
}

function isGood({ expiresAt }: StoredSecret, nowMs: number): boolean {
  return expiresAt === null || Date.parse(expiresAt) > nowMs;
}
