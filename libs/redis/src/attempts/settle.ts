import { type Fenced, type InvocationId, SETTLER_LEASE_MS, type Settlement, type Span } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import { ENDING } from "../scripting/transition-table.ts";
import { encodeSpans } from "../spans/span-encoding.ts";
import { CANCELLED } from "../status/cancel.ts";

/** Ends an attempt with its spans, and with it the invocation unless another attempt follows. */
export async function settle(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  settlement: Settlement,
  spans: readonly Span[],
): Promise<Fenced> {
  const { kind, outcome } = settlement;
  const written = await encodeSpans(spans);
  const handedBack = kind === "handed_back";
  const args = [
    attempt,
    ...scripts.nextCall(),
    kind,
    handedBack ? "handed_back" : (outcome.error?.code ?? "succeeded"),
    JSON.stringify(handedBack ? null : outcome.error),
    JSON.stringify(outcome.usage),
    ENDING[outcome.status],
    JSON.stringify(outcome.output),
    JSON.stringify(outcome.messages),
    CANCELLED,
    kind === "again" ? settlement.delayMs : 0,
    written,
    SETTLER_LEASE_MS,
    JSON.stringify(kind === "final" ? (settlement.artifacts ?? []) : []),
    outcome.messages.length,
    JSON.stringify(outcome.stopReason ?? null),
  ];
  return (await scripts.runOn(id, "settle", args, [scripts.keys.journal(id, attempt)])) as Fenced;
}
