import type { AttemptExport, NextTry, OwedSpans } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Records what became of the spans of an attempt, and when they are to be sent again. */
export async function recordExport(
  scripts: Scripts,
  { id, attempt }: OwedSpans,
  result: AttemptExport,
  next: NextTry,
): Promise<void> {
  const delayMs = next.kind === "never" ? 0 : next.delayMs;
  await scripts.runOn(id, "record-export", [attempt, JSON.stringify(result), next.kind, delayMs]);
}
