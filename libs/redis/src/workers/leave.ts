import type { Scripts } from "../scripting/scripts.ts";

/** Takes a worker off the list; of these tasks, others may do those that it did. */
export async function leave(scripts: Scripts, id: string, tasks: Iterable<string>): Promise<void> {
  const { workers, leader, reserves } = scripts.keys;
  const leaders = Array.from(tasks, (task) => leader(task));
  await scripts.run("leave", [workers, ...leaders], [id, reserves]);
}
