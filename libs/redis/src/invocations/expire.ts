import type { Scripts } from "../scripting/scripts.ts";

/** Takes up to `limit` invocations whose retention has run out off their indexes; returns how many. */
export async function expire(scripts: Scripts, limit: number): Promise<number> {
  const { expiring, indexPrefix } = scripts.keys;
  return (await scripts.run("expire", [expiring], [indexPrefix, limit])) as number;
}
