import type { Redis } from "ioredis";
import type { ConnectionIdentity, OwnConnection } from "../connection/own-connection.ts";
import { isUnreachable, reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";

/** How long a Redis that refuses to list its connections is not asked again. */
const REFUSED_MS = 60_000;
/** For how long it is remembered which connections workers beat on, milliseconds. One that seems gone is asked for anew. */
const REMEMBERED_MS = 1_000;

/** A worker and the connection that it beat on last, as it is written in Redis. */
interface Registered {
  readonly worker: string;
  readonly row: string;
  readonly clientId: string;
}

/** A connection as it is written beside a worker's presence. */
export function encodeConnection({ runId, clientId }: ConnectionIdentity): string {
  return `${runId}:${clientId}`;
}

/**
 * Finds workers whose connection is gone. The kernel closes the sockets of a process that dies, however it dies, so
 * Redis knows of it at once; a process that is slow or frozen keeps its connection.
 *
 * Redis must be the same process that the worker was connected to: after a restart or a failover every connection is
 * another one, and nothing can be told until the worker has beaten again. Where Redis does not list connections (an
 * ACL without CLIENT LIST, a Redis before 6.2, an emulation), nobody is found, and the leases alone decide.
 */
export class DisconnectedWorkers {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #own: OwnConnection;
  readonly #onFault: (error: Error) => void;
  #isReported = false;
  #refusedUntil = Number.NEGATIVE_INFINITY;
  #known: { readonly workers: string; readonly until: number; readonly rows: (string | null)[] } | undefined;

  constructor(redis: Redis, keys: Keys, own: OwnConnection, onFault: (error: Error) => void) {
    this.#redis = redis;
    this.#keys = keys;
    this.#own = own;
    this.#onFault = onFault;
  }

  /** Those of these workers that are disconnected. @throws {UnavailableError} */
  async among(workers: readonly string[]): Promise<string[]> {
    const own = this.#own.identity;
    if (!own || workers.length === 0 || performance.now() < this.#refusedUntil) return [];
    const registered = await this.#registered(workers, own.runId);
    if (registered.length === 0) return [];
    try {
      return await this.#gone(registered, own);
    } catch (error) {
      if (isUnreachable(error)) return reached(Promise.reject(error));
      this.#refuse(error as Error);
      return [];
    }
  }

  /** Those that are registered with this Redis process. */
  async #registered(workers: readonly string[], runId: string): Promise<Registered[]> {
    const rows = await this.#rows(workers);
    return workers.flatMap((worker, i) => {
      const row = rows[i] ?? "";
      const [registeredRunId, clientId] = row.split(":");
      return registeredRunId === runId && clientId ? [{ worker, row, clientId }] : [];
    });
  }

  async #gone(registered: readonly Registered[], own: ConnectionIdentity): Promise<string[]> {
    const clientIds = registered.map(({ clientId }) => clientId);
    const list = await this.#redis.client("LIST", "ID", own.clientId, ...clientIds);
    const connected = new Set(Array.from(String(list).matchAll(/^id=(\d+)/gm), ([, clientId]) => clientId));
    // An answer that lacks the asker came from elsewhere, or is none.
    if (!connected.has(own.clientId)) return [];
    const missing = registered.filter(({ clientId }) => !connected.has(clientId));
    if (missing.length === 0) return [];
    this.#known = undefined;
    // After the list: a worker that came back before its connection was looked up has written a new row by then.
    const rows = await this.#redis.hmget(this.#keys.workerConnections, ...missing.map(({ worker }) => worker));
    if (this.#own.identity !== own) return [];
    return missing.filter(({ row }, i) => rows[i] === row).map(({ worker }) => worker);
  }

  async #rows(workers: readonly string[]): Promise<(string | null)[]> {
    const now = performance.now();
    const names = workers.join();
    if (this.#known?.workers === names && this.#known.until > now) return this.#known.rows;
    const rows = await reached(this.#redis.hmget(this.#keys.workerConnections, ...workers));
    this.#known = { workers: names, until: now + REMEMBERED_MS, rows };
    return rows;
  }

  #refuse(error: Error): void {
    this.#refusedUntil = performance.now() + REFUSED_MS;
    if (this.#isReported) return;
    this.#isReported = true;
    const message = "Redis does not list its connections: a dead worker is noticed only when its leases run out";
    this.#onFault(new Error(message, { cause: error }));
  }
}
