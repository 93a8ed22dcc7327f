import type { Status } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** One script looks at so many at most: while it runs nobody else is served. */
const AT_ONCE = 50;

/** Result of a recount of some members. */
export interface Recounted {
  readonly mended: number;
  /** Whose the invocations are. */
  readonly tenants: readonly string[];
}

/**
 * Puts right where the invocations with these ids are counted.
 * @param set the key of the sorted set that holds them
 * @param status that of those that belong in it; null when it is of all that have not ended
 */
export async function recount(
  scripts: Scripts,
  set: string,
  status: Status | null,
  ids: readonly string[],
): Promise<Recounted> {
  const { open, admitted, turns, virtualTime, workers, indexPrefix, recordPrefix } = scripts.keys;
  let mended = 0;
  const tenants = new Set<string>();
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const args = [indexPrefix, recordPrefix, status ?? "", ...ids.slice(i, i + AT_ONCE)];
    const reply = await scripts.run("recount", [set, open, admitted, turns, virtualTime, workers], args);
    const [count, owners] = reply as [number, string[]];
    mended += count;
    for (const owner of owners) tenants.add(owner);
  }
  return { mended, tenants: [...tenants] };
}
