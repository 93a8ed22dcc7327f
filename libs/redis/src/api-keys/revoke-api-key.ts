import { type ApiKeyId, ENDED_KEY_SHOWN_MS } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Revokes an API key, if there is one and it was not revoked before. */
export async function revokeApiKey(scripts: Scripts, id: ApiKeyId): Promise<void> {
  await scripts.run("revoke-api-key", [scripts.keys.apiKey(id)], [ENDED_KEY_SHOWN_MS]);
}
