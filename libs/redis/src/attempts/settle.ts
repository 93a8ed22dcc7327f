import { type Fenced, type InvocationId, SETTLER_LEASE_MS, type Settlement, type Span } from "@pifleet/invocation";
import { encoded, json, number, numeral, text } from "../scripting/parameters.ts";
import { oneOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { ENDING } from "../scripting/transition-table.ts";
import { encodeSpans } from "../spans/span-encoding.ts";
import { CANCELLED } from "../status/cancel.ts";

const SETTLE = defineScript({
  name: "settle",
  base: "invocation",
  keys: {
    journal: "list: the journal of the attempt",
  },
  args: {
    attempt: numeral("the number of the attempt"),
    writer: text("who calls, see repeated.lua"),
    call: numeral("the number of the call among those of the writer"),
    kind: text("final | again | handed_back"),
    ended: text("what the attempt ended with: succeeded, handed_back or an error code"),
    failure: json('error of the attempt, JSON or "null"'),
    usage: json("of the attempt, JSON"),
    transition: text("that ends the invocation; read when final"),
    output: json('JSON string or "null"'),
    messages: json("of the run, as JSON"),
    cancelledError: text("error of a cancelled invocation, JSON"),
    delay: numeral("milliseconds until the next attempt; read when again"),
    written: encoded("spans of the attempt, one element of the list; empty when there are none"),
    settlerLease: number("milliseconds that the caller has its spans for itself"),
    artifacts: json("of the run, as JSON"),
    messageCount: numeral("how many messages there are"),
    stopReason: json('why the model\'s newest answer ended, JSON string or "null"'),
  },
  reply: oneOf("accepted", "stale"),
});

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
  const [writer, call] = scripts.nextCall();
  const args = {
    attempt,
    writer,
    call,
    kind,
    ended: handedBack ? "handed_back" : (outcome.error?.code ?? "succeeded"),
    failure: handedBack ? null : outcome.error,
    usage: outcome.usage,
    transition: ENDING[outcome.status],
    output: outcome.output,
    messages: outcome.messages,
    cancelledError: CANCELLED,
    delay: kind === "again" ? settlement.delayMs : 0,
    written,
    settlerLease: SETTLER_LEASE_MS,
    artifacts: kind === "final" ? (settlement.artifacts ?? []) : [],
    messageCount: outcome.messages.length,
    stopReason: outcome.stopReason ?? null,
  };
  return scripts.callOn(id, SETTLE, { journal: scripts.keys.journal(id, attempt) }, args);
}
