import { number, text } from "../scripting/parameters.ts";
import { integer, tuple, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const RECOUNT_STORAGE = defineScript({
  name: "recount-storage",
  keys: {},
  args: {
    indexes: text("what the keys of the tenants' indexes begin with"),
    records: text("what the keys of the records begin with"),
    spans: text("what the keys of the span lists begin with"),
    journals: text("what the keys of the journals begin with"),
    tenant: text("whose it is"),
    count: number("how many at most"),
  },
  reply: tuple(yesOrNo("all are counted"), integer("by how many bytes the sum was wrong")),
});

/** One script looks at so many invocations at most: while it runs nobody else is served. */
const AT_ONCE = 200;

/** Counts what a tenant stores once more; returns by how many bytes the sum was wrong. */
export async function recountStorage(scripts: Scripts, tenant: string): Promise<number> {
  const { indexPrefix, recordPrefix, spansPrefix, journalPrefix } = scripts.keys;
  const lists = { spans: spansPrefix, journals: journalPrefix };
  const args = { indexes: indexPrefix, records: recordPrefix, ...lists, tenant, count: AT_ONCE };
  for (;;) {
    const [isDone, wrong] = await scripts.call(RECOUNT_STORAGE, {}, args);
    if (isDone) return wrong;
  }
}
