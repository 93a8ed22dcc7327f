import type { EventId, InvocationId } from "@pifleet/invocation";
import { FOLDED_FIELDS, type FoldedFields, SPENT_FIELDS } from "../invocations/record.ts";
import { encoded, number, text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const COMPACT = defineScript({
  name: "compact",
  base: "invocation",
  keys: {},
  args: {
    last: text("id of the last event that was folded"),
    folded: encoded("the folded fields"),
    head: encoded("those of them that lists show, when they are folded by themselves; else empty"),
    names: number("how many names of fields follow"),
  },
  moreArgs: "names of the fields that go, then the blocks",
  reply: nothing,
});

/** Puts what was folded in place of the cold parts of an ended invocation, unless its log has another last event. */
export async function compact(
  scripts: Scripts,
  id: InvocationId,
  { last, fields, blocks }: { last: EventId; fields: FoldedFields; blocks: readonly Buffer[] },
): Promise<void> {
  const names = [...FOLDED_FIELDS, ...SPENT_FIELDS];
  const folded = { last, folded: fields.folded, head: fields.head ?? "", names: names.length };
  await scripts.callOn(id, COMPACT, {}, folded, { args: [...names, ...blocks] });
}
