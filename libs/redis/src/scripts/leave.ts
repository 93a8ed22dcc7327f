import type { Scripts } from "../scripts.ts";

/** Takes a worker off the list; of these tasks, others may do those that it did. */
export async function leave(scripts: Scripts, id: string, tasks: Iterable<string>): Promise<void> {
  const { workers, workerDeadlines, workerConnections, workerSlots, leader, reserves } = scripts.keys;
  const leaders = Array.from(tasks, (task) => leader(task));
  await scripts.run("leave", [workers, workerDeadlines, workerConnections, workerSlots, ...leaders], [id, reserves]);
}
