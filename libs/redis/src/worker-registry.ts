import type { WorkerPresence, WorkerRegistry } from "@pifleet/invocation";
import { type DisconnectedWorkers, encodeConnection } from "./disconnected-workers.ts";
import type { OwnConnection } from "./own-connection.ts";
import { beat } from "./scripts/beat.ts";
import { followers } from "./scripts/followers.ts";
import { lead } from "./scripts/lead.ts";
import { leave } from "./scripts/leave.ts";
import { listWorkers } from "./scripts/list-workers.ts";
import { vanished } from "./scripts/vanished.ts";
import type { Scripts } from "./scripts.ts";

interface Heartbeat {
  readonly worker: WorkerPresence;
  readonly ttlMs: number;
}

/**
 * The list of workers in Redis: their presences, when each of them vanishes by Redis's clock, and the connection that
 * each beat on last. A worker of this process beats again as soon as it has another connection.
 */
export class RedisWorkerRegistry implements WorkerRegistry {
  readonly #scripts: Scripts;
  readonly #own: OwnConnection;
  readonly #disconnected: DisconnectedWorkers;
  /** The last heartbeat of each worker of this process. */
  readonly #heartbeats = new Map<string, Heartbeat>();
  /** The tasks that workers of this process have asked for. */
  readonly #tasks = new Set<string>();

  constructor(
    scripts: Scripts,
    own: OwnConnection,
    disconnected: DisconnectedWorkers,
    onFault: (error: Error) => void,
  ) {
    this.#scripts = scripts;
    this.#own = own;
    this.#disconnected = disconnected;
    own.onKnown(() => {
      for (const heartbeat of this.#heartbeats.values()) this.#write(heartbeat).catch(onFault);
    });
  }

  async beat(worker: WorkerPresence, ttlMs: number): Promise<void> {
    this.#heartbeats.set(worker.id, { worker, ttlMs });
    this.#own.ask();
    await this.#write({ worker, ttlMs });
  }

  async leave(id: string): Promise<void> {
    this.#heartbeats.delete(id);
    await leave(this.#scripts, id, this.#tasks);
  }

  list(): Promise<WorkerPresence[]> {
    return listWorkers(this.#scripts);
  }

  followers(id: string, count: number): Promise<string[]> {
    return followers(this.#scripts, id, count);
  }

  vanished(count: number): Promise<string[]> {
    return vanished(this.#scripts, count);
  }

  disconnected(ids: readonly string[]): Promise<string[]> {
    return this.#disconnected.among(ids);
  }

  async lead(task: string, worker: string, ttlMs: number): Promise<boolean> {
    this.#tasks.add(task);
    return lead(this.#scripts, task, worker, ttlMs);
  }

  async #write({ worker, ttlMs }: Heartbeat): Promise<void> {
    const { identity } = this.#own;
    await beat(this.#scripts, worker, ttlMs, identity && encodeConnection(identity));
  }
}
