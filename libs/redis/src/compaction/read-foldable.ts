import { FULL_PAGE_BYTES, type InvocationId } from "@pifleet/invocation";
import { ENTRY, type EventEntry } from "../events/read-events.ts";
import { FOLDED_FIELDS, type StoredFields } from "../invocations/record.ts";
import { number } from "../scripting/parameters.ts";
import { bytes, listOf, orNull, tuple, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const READ_FOLDABLE = defineScript({
  name: "read-foldable",
  base: "invocation",
  keys: {},
  args: {
    count: number("how many events at most"),
    enough: number("with how many bytes of them it is enough"),
  },
  moreArgs: "names of the fields",
  reply: orNull(tuple(listOf(orNull(bytes("value of each field"))), listOf(ENTRY), yesOrNo("the log has more"))),
});

export interface Foldable {
  readonly fields: StoredFields;
  /** The first events of the log. */
  readonly entries: readonly EventEntry[];
  /** Whether the log has more. */
  readonly more: boolean;
}

/** Reads an ended invocation that can be folded, with up to `count` events; `null` when there is nothing to fold. */
export async function readFoldable(scripts: Scripts, id: InvocationId, count: number): Promise<Foldable | null> {
  const page = { count, enough: FULL_PAGE_BYTES };
  const reply = await scripts.callOn(id, READ_FOLDABLE, {}, page, { args: FOLDED_FIELDS });
  if (!reply) return null;
  const [values, entries, more] = reply;
  const fields: Record<string, Buffer> = {};
  for (const [i, name] of FOLDED_FIELDS.entries()) {
    const value = values[i];
    if (value) fields[name] = value;
  }
  return { fields, entries, more };
}
