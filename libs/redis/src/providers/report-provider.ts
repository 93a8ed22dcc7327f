import type { ProviderSilence } from "@pifleet/invocation";
import { number, text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const REPORT_PROVIDER = defineScript({
  name: "report-provider",
  keys: {
    breakers: "see breakers.lua",
  },
  args: {
    name: text("provider|account"),
    id: text("of the invocation"),
    reason: text("error code of the attempt"),
    wish: number("milliseconds that the provider asked to wait; 0 when it did not"),
  },
  reply: nothing,
});

/** Tells that a provider has left an attempt without an answer. */
export async function reportProvider(
  scripts: Scripts,
  name: string,
  { invocation, code, retryAfterMs = 0 }: ProviderSilence,
): Promise<void> {
  const told = { name, id: invocation, reason: code, wish: Math.round(retryAfterMs) };
  await scripts.call(REPORT_PROVIDER, { breakers: scripts.keys.breakers }, told);
}
