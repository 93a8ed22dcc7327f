import type { Fenced, InvocationId, Span } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeSpans } from "./span-encoding.ts";

/** Writes the spans of an attempt that was lost, in exchange for its journal. */
export async function finishSpans(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  spans: readonly Span[],
): Promise<Fenced> {
  const written = await encodeSpans(spans);
  const args = [attempt, ...scripts.nextCall(), written];
  return (await scripts.runOn(id, "finish-spans", args, [scripts.keys.journal(id, attempt)])) as Fenced;
}
