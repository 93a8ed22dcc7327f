import type { InvocationId } from "@pifleet/invocation";
import { number, text } from "../scripting/parameters.ts";
import { bytes, listOf, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeSummary, fieldsOf, type StoredSummary, SUMMARY_FIELDS } from "./record.ts";

const READ_SUMMARIES = defineScript({
  name: "read-summaries",
  keys: {},
  args: {
    records: text("what the keys of the records begin with"),
    enough: number("with how many bytes it is enough"),
    count: number("how many names of fields follow"),
  },
  moreArgs: "names of the fields, then the ids",
  reply: listOf(tuple(textOf<InvocationId>("id"), listOf(bytes("names and values in turn; none of one that is gone")))),
});

/** What lists show of the first of these invocations, in order; `null` where there is none any more. */
export type Summaries = readonly { readonly id: InvocationId; readonly summary: StoredSummary | null }[];

/** Reads summaries until they have `enough` bytes as they are kept: of at least one, if there are ids. */
export async function readSummaries(
  scripts: Scripts,
  ids: readonly InvocationId[],
  enough: number,
): Promise<Summaries> {
  if (ids.length === 0) return [];
  const args = { records: scripts.keys.recordPrefix, enough, count: SUMMARY_FIELDS.length };
  const rows = await scripts.call(READ_SUMMARIES, {}, args, { args: [...SUMMARY_FIELDS, ...ids] });
  return Promise.all(rows.map(async ([id, fields]) => ({ id, summary: await decodeSummary(id, fieldsOf(fields)) })));
}
