import type { ModelCatalog } from "../model-catalog.ts";
import type { WorkerPresence } from "../presence.ts";

/** The port to the list of workers. */
export interface WorkerRegistry {
  /** Writes the worker's heartbeat; without another one within `ttlMs` it vanishes from the list. */
  beat(worker: WorkerPresence, ttlMs: number): Promise<void>;
  /**
   * Makes known what workers of this process can run, from their next heartbeat on; the result is the digest that they
   * show in their presences.
   */
  offer(catalog: ModelCatalog): string;
  /** What is known under these digests; one that is not known yet, or no more, is left out. */
  catalogs(digests: readonly string[]): Promise<ReadonlyMap<string, ModelCatalog>>;
  /** Takes the worker off the list. */
  leave(id: string): Promise<void>;
  list(): Promise<WorkerPresence[]>;
  /** The ids of up to `count` workers that follow this one in the order of the ids, around the end. */
  followers(id: string, count: number): Promise<string[]>;
  /**
   * The ids of up to `count` workers, picked at random, whose heartbeats have stopped and that have not left. `leave`
   * drops them from here too, as does a new heartbeat. They are forgotten after an hour.
   */
  vanished(count: number): Promise<string[]>;
  /**
   * Which of these workers have closed their connection to the database since their last heartbeat and have not come
   * back on another one: their process has ended, or its connection broke a moment ago. None when it cannot be told.
   */
  disconnected(ids: readonly string[]): Promise<string[]>;
  /** Whether `worker` does the task named `task` for the whole fleet until `ttlMs` from now; asked again, it goes on. */
  lead(task: string, worker: string, ttlMs: number): Promise<boolean>;
}
