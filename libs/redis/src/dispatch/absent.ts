import type { InvocationId } from "@pifleet/invocation";
import { text } from "../scripting/parameters.ts";
import { listOf, textOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const ABSENT = defineScript({
  name: "absent",
  keys: {
    scheduled: "sorted set of the ids of those that wait for their time",
  },
  args: {
    indexes: text("what the keys of the tenants' indexes begin with"),
    records: text("what the keys of the records begin with"),
  },
  moreArgs: "ids",
  reply: listOf(textOf<InvocationId>("id")),
});

/** One script is asked about so many at most: while it runs nobody else is served. */
const AT_ONCE = 50;

/** Which of these wait neither for their turn nor for their time. */
export async function absent(scripts: Scripts, ids: readonly InvocationId[]): Promise<InvocationId[]> {
  const { scheduled, indexPrefix, recordPrefix } = scripts.keys;
  const found: InvocationId[] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const args = ids.slice(i, i + AT_ONCE);
    const prefixes = { indexes: indexPrefix, records: recordPrefix };
    found.push(...(await scripts.call(ABSENT, { scheduled }, prefixes, { args })));
  }
  return found;
}
