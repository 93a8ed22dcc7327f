import { FULL_PAGE_BYTES, type InvocationId } from "@pifleet/invocation";
import type { EventEntry } from "../events/read-events.ts";
import { FOLDED_FIELDS, type StoredFields } from "../invocations/record.ts";
import type { Scripts } from "../scripting/scripts.ts";

export interface Foldable {
  readonly fields: StoredFields;
  /** The first events of the log. */
  readonly entries: readonly EventEntry[];
  /** Whether the log has more. */
  readonly more: boolean;
}

/** What can be folded of an invocation that has ended, with up to `count` events; `null` when there is nothing to fold. */
export async function readFoldable(scripts: Scripts, id: InvocationId, count: number): Promise<Foldable | null> {
  const reply = await scripts.runOnForBuffers(id, "read-foldable", [count, FULL_PAGE_BYTES, ...FOLDED_FIELDS]);
  const [values, entries = [], more] = reply as [(Buffer | null)[]?, EventEntry[]?, number?];
  if (!values) return null;
  const fields: Record<string, Buffer> = {};
  for (const [i, name] of FOLDED_FIELDS.entries()) {
    const value = values[i];
    if (value) fields[name] = value;
  }
  return { fields, entries, more: more === 1 };
}
