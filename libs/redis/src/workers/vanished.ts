import type { Scripts } from "../scripting/scripts.ts";

/** The ids of up to `count` workers, picked at random, whose heartbeats have stopped. */
export async function vanished(scripts: Scripts, count: number): Promise<string[]> {
  return (await scripts.run("vanished", [scripts.keys.workers], [count])) as string[];
}
