import type { Fenced, InvocationId, Span } from "@pifleet/invocation";
import { encoded, numeral, text } from "../scripting/parameters.ts";
import { oneOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeSpans } from "./span-encoding.ts";

const FINISH_SPANS = defineScript({
  name: "finish-spans",
  base: "invocation",
  keys: {
    journal: "of the attempt",
  },
  args: {
    attempt: numeral("attempt"),
    writer: text("writer"),
    callNumber: numeral("number of the writer's call"),
    written: encoded("spans, one element of the list; empty when there are none"),
  },
  reply: oneOf("accepted", "stale"),
});

/** Writes the spans of an attempt that was lost, in exchange for its journal. */
export async function finishSpans(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  spans: readonly Span[],
): Promise<Fenced> {
  const written = await encodeSpans(spans);
  const [writer, callNumber] = scripts.nextCall();
  const journal = scripts.keys.journal(id, attempt);
  return scripts.callOn(id, FINISH_SPANS, { journal }, { attempt, writer, callNumber, written });
}
