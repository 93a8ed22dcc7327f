import { number } from "../scripting/parameters.ts";
import { listOf, textOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const VANISHED = defineScript({
  name: "vanished",
  keys: {
    workers: "see workers.lua",
  },
  args: {
    count: number("how many at most"),
  },
  reply: listOf(textOf("id")),
});

/** The ids of up to `count` workers, picked at random, whose heartbeats have stopped. */
export async function vanished(scripts: Scripts, count: number): Promise<string[]> {
  return scripts.call(VANISHED, { workers: scripts.keys.workers }, { count });
}
