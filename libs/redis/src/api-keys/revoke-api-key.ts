import { type ApiKeyId, ENDED_KEY_SHOWN_MS } from "@pifleet/invocation";
import { number } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const REVOKE_API_KEY = defineScript({
  name: "revoke-api-key",
  keys: {
    key: "hash of the API key",
  },
  args: {
    kept: number("milliseconds that it is kept then; it may be gone before, when it has expired or does so"),
  },
  reply: nothing,
});

/** Revokes an API key, if there is one and it was not revoked before. */
export async function revokeApiKey(scripts: Scripts, id: ApiKeyId): Promise<void> {
  await scripts.call(REVOKE_API_KEY, { key: scripts.keys.apiKey(id) }, { kept: ENDED_KEY_SHOWN_MS });
}
