import type { ModelCatalog, WorkerPresence, WorkerRegistry } from "@pifleet/invocation";

/** The list of workers, in memory. Nobody has a connection to it that could be lost. */
export class MemoryWorkerRegistry implements WorkerRegistry {
  readonly #now: () => number;
  readonly #workers = new Map<string, { worker: WorkerPresence; vanishesAt: number }>();
  readonly #vanished = new Set<string>();
  readonly #catalogs = new Map<string, ModelCatalog>();
  readonly #leaders = new Map<string, { worker: string; until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async beat(worker: WorkerPresence, ttlMs: number): Promise<void> {
    this.#vanished.delete(worker.id);
    this.#workers.set(worker.id, { worker: structuredClone(worker), vanishesAt: this.#now() + ttlMs });
  }

  offer(catalog: ModelCatalog): string {
    const digest = JSON.stringify(catalog);
    this.#catalogs.set(digest, structuredClone(catalog));
    return digest;
  }

  async catalogs(digests: readonly string[]): Promise<ReadonlyMap<string, ModelCatalog>> {
    const shown = new Set([...this.#workers.values()].map(({ worker }) => worker.models));
    const known = digests.filter((digest) => shown.has(digest) && this.#catalogs.has(digest));
    return new Map(known.map((digest) => [digest, structuredClone(this.#catalogs.get(digest) as ModelCatalog)]));
  }

  async leave(id: string): Promise<void> {
    this.#workers.delete(id);
    this.#vanished.delete(id);
    for (const [task, { worker }] of this.#leaders) if (worker === id) this.#leaders.delete(task);
  }

  async list(): Promise<WorkerPresence[]> {
    for (const [id, { vanishesAt }] of this.#workers) {
      if (vanishesAt <= this.#now() && this.#workers.delete(id)) this.#vanished.add(id);
    }
    return [...this.#workers.values()].map(({ worker }) => structuredClone(worker));
  }

  /** How many attempts the workers that are alive run at once, and one more each that is reserved. */
  capacity(): { common: number; reserved: number } {
    const alive = [...this.#workers.values()].filter(({ vanishesAt }) => vanishesAt > this.#now());
    return { common: alive.reduce((sum, { worker }) => sum + worker.concurrency, 0), reserved: alive.length };
  }

  async followers(id: string, count: number): Promise<string[]> {
    const ids = (await this.list()).map((worker) => worker.id).sort();
    return [...ids.filter((other) => other > id), ...ids.filter((other) => other < id)].slice(0, count);
  }

  async vanished(count: number): Promise<string[]> {
    await this.list();
    return [...this.#vanished].slice(0, count);
  }

  async disconnected(): Promise<string[]> {
    return [];
  }

  async lead(task: string, worker: string, ttlMs: number): Promise<boolean> {
    const leader = this.#leaders.get(task);
    if (leader && leader.worker !== worker && leader.until > this.#now()) return false;
    this.#leaders.set(task, { worker, until: this.#now() + ttlMs });
    return true;
  }
}
