import type { Fenced, InvocationId, Span } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** Appends finished spans of an attempt, also after its end. */
export async function appendSpans(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  spans: readonly Span[],
): Promise<Fenced> {
  const args = [attempt, ...scripts.nextCall(), ...spans.map((span) => JSON.stringify(span))];
  return (await scripts.runOn(id, "append-spans", args)) as Fenced;
}
