import type { Scripts } from "../scripting/scripts.ts";

/** Frees the places of invocations that are gone or have ended; returns how many. */
export async function freePlaces(scripts: Scripts): Promise<number> {
  return (await scripts.run("free-places", [scripts.keys.admitted], [scripts.keys.recordPrefix])) as number;
}
