import type { WorkerPresence } from "../presence.ts";

/** The port to the list of workers. */
export interface WorkerRegistry {
  /** Writes the worker's heartbeat; without another one within `ttlMs` it vanishes from the list. */
  beat(worker: WorkerPresence, ttlMs: number): Promise<void>;
  /** Takes the worker off the list. */
  leave(id: string): Promise<void>;
  list(): Promise<WorkerPresence[]>;
}
