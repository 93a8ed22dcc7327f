import type { Redis } from "ioredis";
import { isUnreachable } from "./unavailable.ts";

/** A connection, named so that every process can look it up in Redis. */
export interface ConnectionIdentity {
  /** What Redis calls the connection; Redis counts from 1 again after a restart. */
  readonly clientId: string;
  /** Names the Redis process: another one after each restart and failover. */
  readonly runId: string;
}

/** Knows how the connection of this process is called now. A reconnect makes another one of it. */
export class OwnConnection {
  readonly #redis: Redis;
  readonly #onFault: (error: Error) => void;
  readonly #listeners = new Set<() => void>();
  #identity: ConnectionIdentity | null = null;
  #asking: Promise<void> | null = null;
  /** Counts what came and went, so that an answer is not taken for one about a later connection. */
  #epoch = 0;
  #isReported = false;

  constructor(redis: Redis, onFault: (error: Error) => void) {
    this.#redis = redis;
    this.#onFault = onFault;
    redis.on("ready", () => {
      this.#asking = null;
      this.ask();
    });
    redis.on("close", () => {
      this.#identity = null;
      this.#epoch += 1;
    });
  }

  /** `null` while there is no connection, or when Redis does not tell. */
  get identity(): ConnectionIdentity | null {
    return this.#identity;
  }

  /** Calls `listener` whenever the identity has become known. */
  onKnown(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves when the question that is under way has been answered, in whatever way. */
  async asked(): Promise<void> {
    await this.#asking;
  }

  /** Asks Redis for the identity, unless it is known or was asked for already. */
  ask(): void {
    if (this.#identity || this.#asking || this.#redis.status !== "ready") return;
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
  }

  async #ask(): Promise<void> {
    const epoch = this.#epoch;
    try {
      const [clientId, info] = await Promise.all([this.#redis.client("ID"), this.#redis.info("server")]);
      const [, runId] = /^run_id:(\w+)/m.exec(info) ?? [];
      if (!runId || epoch !== this.#epoch) return;
      this.#identity = { clientId: String(clientId), runId };
      for (const listener of this.#listeners) listener();
    } catch (error) {
      // An outage is reported by the connection, and the next heartbeat asks again.
      if (!isUnreachable(error)) this.#report(error as Error);
    }
  }

  #report(error: Error): void {
    if (!this.#isReported) this.#onFault(error);
    this.#isReported = true;
  }
}
