import { ENDED_KEY_SHOWN_MS, type StoredApiKey } from "@pifleet/invocation";
import { optionalNumber, text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeApiKey } from "./api-key-record.ts";

const CREATE_API_KEY = defineScript({
  name: "create-api-key",
  keys: {
    key: "hash of the API key",
    all: "sorted set of the ids of all API keys, in lexical order",
  },
  args: {
    id: text("id"),
    gone: optionalNumber("when it is gone, Unix ms; empty when it never expires"),
  },
  moreArgs: "fields of the hash and their values",
  reply: nothing,
});

/** Writes a new API key. */
export async function createApiKey(scripts: Scripts, key: StoredApiKey): Promise<void> {
  const { apiKey, apiKeys } = scripts.keys;
  const gone = key.expiresAt === null ? null : Date.parse(key.expiresAt) + ENDED_KEY_SHOWN_MS;
  const args = encodeApiKey(key);
  await scripts.call(CREATE_API_KEY, { key: apiKey(key.id), all: apiKeys }, { id: key.id, gone }, { args });
}
