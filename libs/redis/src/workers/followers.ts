import { number, text } from "../scripting/parameters.ts";
import { listOf, textOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const FOLLOWERS = defineScript({
  name: "followers",
  keys: {
    workers: "see workers.lua",
  },
  args: {
    worker: text("id"),
    count: number("how many at most"),
  },
  reply: listOf(textOf("id")),
});

/** The ids of up to `count` workers that follow this one in the order of the ids, around the end. */
export async function followers(scripts: Scripts, worker: string, count: number): Promise<string[]> {
  return scripts.call(FOLLOWERS, { workers: scripts.keys.workers }, { worker, count });
}
