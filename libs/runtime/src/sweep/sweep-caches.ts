import { CompileCache } from "../compile-cache.ts";
import { type WorkerIdentity, workerState } from "../ownership/worker-identity.ts";

/** Removes the compile caches of dead workers, and those that are nobody's since before a time (Unix milliseconds). */
export async function sweepCaches(root: string, self: WorkerIdentity, before: number): Promise<void> {
  for (const { cache, owner, since } of await CompileCache.list(root)) {
    const dead = owner ? ["dead", "dead_before_boot"].includes(workerState(owner, self)) : since < before;
    if (dead) await cache.remove();
  }
}
