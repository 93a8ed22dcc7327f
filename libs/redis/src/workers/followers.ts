import type { Scripts } from "../scripting/scripts.ts";

/** The ids of up to `count` workers that follow this one in the order of the ids, around the end. */
export async function followers(scripts: Scripts, worker: string, count: number): Promise<string[]> {
  return (await scripts.run("followers", [scripts.keys.workers], [worker, count])) as string[];
}
