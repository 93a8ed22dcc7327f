import type { WorkerPresence, WorkerRegistry } from "@pifleet/invocation";

/** The list of workers, in memory. */
export class MemoryWorkerRegistry implements WorkerRegistry {
  readonly #now: () => number;
  readonly #workers = new Map<string, { worker: WorkerPresence; vanishesAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async beat(worker: WorkerPresence, ttlMs: number): Promise<void> {
    this.#workers.set(worker.id, { worker: structuredClone(worker), vanishesAt: this.#now() + ttlMs });
  }

  async leave(id: string): Promise<void> {
    this.#workers.delete(id);
  }

  async list(): Promise<WorkerPresence[]> {
    for (const [id, { vanishesAt }] of this.#workers) if (vanishesAt <= this.#now()) this.#workers.delete(id);
    return [...this.#workers.values()].map(({ worker }) => structuredClone(worker));
  }
}
