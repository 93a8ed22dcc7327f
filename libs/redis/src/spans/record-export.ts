import type { AttemptExport, NextTry, OwedSpans } from "@pifleet/invocation";
import { json, number, numeral, text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const RECORD_EXPORT = defineScript({
  name: "record-export",
  base: "invocation",
  keys: {},
  args: {
    attempt: numeral("attempt"),
    result: json("JSON"),
    nextTry: text("never | spool | quarantine"),
    delay: number("milliseconds until then; read unless never"),
  },
  reply: nothing,
});

/** Records what became of the spans of an attempt, and when they are to be sent again. */
export async function recordExport(
  scripts: Scripts,
  { id, attempt }: OwedSpans,
  result: AttemptExport,
  next: NextTry,
): Promise<void> {
  const delay = next.kind === "never" ? 0 : next.delayMs;
  await scripts.callOn(id, RECORD_EXPORT, {}, { attempt, result, nextTry: next.kind, delay });
}
