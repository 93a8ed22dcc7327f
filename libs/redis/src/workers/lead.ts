import type { Scripts } from "../scripting/scripts.ts";

/** Whether `worker` does the task until `ttlMs` from now. */
export async function lead(scripts: Scripts, task: string, worker: string, ttlMs: number): Promise<boolean> {
  return (await scripts.run("lead", [scripts.keys.leader(task)], [worker, ttlMs])) === 1;
}
