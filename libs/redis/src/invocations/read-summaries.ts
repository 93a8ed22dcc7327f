import type { InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeSummary, fieldsOf, type StoredSummary, SUMMARY_FIELDS } from "./record.ts";

type Row = [id: Buffer, fields: Buffer[]];

/** What lists show of the first of these invocations, in order; `null` where there is none any more. */
export type Summaries = readonly { readonly id: InvocationId; readonly summary: StoredSummary | null }[];

/** Reads summaries until they have `enough` bytes as they are kept: of at least one, if there are ids. */
export async function readSummaries(
  scripts: Scripts,
  ids: readonly InvocationId[],
  enough: number,
): Promise<Summaries> {
  if (ids.length === 0) return [];
  const args = [scripts.keys.recordPrefix, enough, SUMMARY_FIELDS.length, ...SUMMARY_FIELDS, ...ids];
  const rows = (await scripts.runForBuffers("read-summaries", [], args)) as Row[];
  return Promise.all(
    rows.map(async ([name, fields]) => {
      const id = name.toString() as InvocationId;
      return { id, summary: await decodeSummary(id, fieldsOf(fields)) };
    }),
  );
}
