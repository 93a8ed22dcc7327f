import type { Fenced, InvocationId, TraceExport } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** Records what became of the spans of an attempt, also after its end. */
export async function recordExport(
  scripts: Scripts,
  id: InvocationId,
  attempt: number,
  result: TraceExport,
): Promise<Fenced> {
  const args = [attempt, ...scripts.nextCall(), JSON.stringify(result)];
  return (await scripts.runOn(id, "record-export", args)) as Fenced;
}
