import { text } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const LEAVE = defineScript({
  name: "leave",
  keys: {
    workers: "see workers.lua",
  },
  moreKeys: "of the tasks that it may do for the fleet",
  args: {
    worker: text("id"),
    reserves: text("channel of reserves"),
  },
  reply: nothing,
});

/** Takes a worker off the list; of these tasks, others may do those that it did. */
export async function leave(scripts: Scripts, id: string, tasks: Iterable<string>): Promise<void> {
  const { workers, leader, reserves } = scripts.keys;
  const leaders = Array.from(tasks, (task) => leader(task));
  await scripts.call(LEAVE, { workers }, { worker: id, reserves }, { keys: leaders });
}
