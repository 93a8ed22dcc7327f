import type { ApiKeyId, Rate, RateDecision } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

const NOTE_EVERY_MS = 60_000;
const SECOND_MICROS = 1_000_000;

/** Counts one request against the rate of an API key, if there is one, and notes that the key was used. */
export async function useApiKey(scripts: Scripts, id: ApiKeyId, rate: Rate | null): Promise<RateDecision | null> {
  const { apiKey, apiKeyRate } = scripts.keys;
  const limit = rate ? [Math.max(1, Math.round(SECOND_MICROS / rate.perSecond)), rate.burst] : [];
  const reply = await scripts.run("use-api-key", [apiKey(id), apiKeyRate(id)], [NOTE_EVERY_MS, ...limit]);
  if (!rate) return null;
  const [allowed, remaining, retryAfterMs, resetMs] = reply as [number, number, number, number];
  return { allowed: allowed === 1, remaining, retryAfterMs, resetMs };
}
