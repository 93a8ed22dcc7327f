import type { ProviderSilence } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Tells that a provider has left an attempt without an answer. */
export async function reportProvider(
  scripts: Scripts,
  name: string,
  { invocation, code, retryAfterMs = 0 }: ProviderSilence,
): Promise<void> {
  await scripts.run("report-provider", [scripts.keys.breakers], [name, invocation, code, Math.round(retryAfterMs)]);
}
