import { ENDED_KEY_SHOWN_MS, type StoredApiKey } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeApiKey } from "./api-key-record.ts";

/** Writes a new API key. */
export async function createApiKey(scripts: Scripts, key: StoredApiKey): Promise<void> {
  const { apiKey, apiKeys } = scripts.keys;
  const goneMs = key.expiresAt === null ? "" : Date.parse(key.expiresAt) + ENDED_KEY_SHOWN_MS;
  await scripts.run("create-api-key", [apiKey(key.id), apiKeys], [key.id, goneMs, ...encodeApiKey(key)]);
}
