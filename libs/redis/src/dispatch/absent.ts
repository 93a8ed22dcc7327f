import type { InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** One script is asked about so many at most: while it runs nobody else is served. */
const AT_ONCE = 50;

/** Which of these wait neither for their turn nor for their time. */
export async function absent(scripts: Scripts, ids: readonly InvocationId[]): Promise<InvocationId[]> {
  const { scheduled, indexPrefix, recordPrefix } = scripts.keys;
  const found: InvocationId[] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const some = ids.slice(i, i + AT_ONCE);
    const reply = await scripts.run("absent", [scheduled], [indexPrefix, recordPrefix, ...some]);
    found.push(...(reply as InvocationId[]));
  }
  return found;
}
