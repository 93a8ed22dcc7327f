import type { EventId, InvocationId } from "@pifleet/invocation";
import { FOLDED_FIELDS, type FoldedFields, SPENT_FIELDS } from "../invocations/record.ts";
import type { Scripts } from "../scripting/scripts.ts";

/** Puts what was folded in place of the cold parts of an ended invocation, unless its log has another last event. */
export async function compact(
  scripts: Scripts,
  id: InvocationId,
  { last, fields, blocks }: { last: EventId; fields: FoldedFields; blocks: readonly Buffer[] },
): Promise<void> {
  const names = [...FOLDED_FIELDS, ...SPENT_FIELDS];
  await scripts.runOn(id, "compact", [last, fields.folded, fields.head ?? "", names.length, ...names, ...blocks]);
}
