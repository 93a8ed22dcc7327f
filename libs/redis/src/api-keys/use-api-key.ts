import type { ApiKeyId, Rate, RateDecision } from "@pifleet/invocation";
import { number, optionalNumber } from "../scripting/parameters.ts";
import { integer, orNull, tuple, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const USE_API_KEY = defineScript({
  name: "use-api-key",
  keys: {
    key: "hash of the API key",
    rate: "when the bucket is full again, Redis time in microseconds; absent when it is full",
  },
  args: {
    noteEvery: number("milliseconds between two notes of the use"),
    interval: optionalNumber("microseconds between two requests; absent without a rate"),
    burst: optionalNumber("requests of a burst"),
  },
  reply: orNull(
    tuple(
      yesOrNo("it is allowed"),
      integer("requests left"),
      integer("ms until the next one"),
      integer("ms until full"),
    ),
  ),
});

const NOTE_EVERY_MS = 60_000;
const SECOND_MICROS = 1_000_000;

/** Counts one request against the rate of an API key, if there is one, and notes that the key was used. */
export async function useApiKey(scripts: Scripts, id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null> {
  const { apiKey, apiKeyRate } = scripts.keys;
  const interval = rate && Math.max(1, Math.round(SECOND_MICROS / rate.perSecond));
  const limit = { noteEvery: NOTE_EVERY_MS, interval, burst: rate?.burst ?? null };
  const reply = await scripts.call(USE_API_KEY, { key: apiKey(id), rate: apiKeyRate(id) }, limit);
  if (!reply) return null;
  const [allowed, remaining, retryAfterMs, resetMs] = reply;
  return { allowed, remaining, retryAfterMs, resetMs };
}
