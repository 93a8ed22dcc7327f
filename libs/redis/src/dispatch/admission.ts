import type { Admission, InvocationId, QueueEntry, Standing, WaitingFor } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { Scripts } from "../scripting/scripts.ts";
import { freePlaces } from "../slots/free-places.ts";
import { recountAll, recountAllStorage } from "../storage/recounting.ts";
import { listWorkers } from "../workers/list-workers.ts";
import { absent } from "./absent.ts";
import { admit } from "./admit.ts";
import { enter } from "./enter.ts";
import { readStanding } from "./read-standing.ts";
import { readWait } from "./read-wait.ts";

/** The admission in Redis: sorted sets of who waits and who has a place, changed only by scripts. */
export class RedisAdmission implements Admission {
  readonly #redis: Redis;
  readonly #scripts: Scripts;
  readonly #tenantRunning: number | null;

  /** @param tenantRunning the most places that a tenant may have; null is no limit */
  constructor(redis: Redis, scripts: Scripts, tenantRunning: number | null) {
    this.#redis = redis;
    this.#scripts = scripts;
    this.#tenantRunning = tenantRunning;
  }

  admit(): Promise<QueueEntry[]> {
    return admit(this.#scripts, this.#tenantRunning);
  }

  absent(ids: readonly InvocationId[]): Promise<InvocationId[]> {
    return absent(this.#scripts, ids);
  }

  enter(id: InvocationId, delayMs: number): Promise<void> {
    return enter(this.#scripts, id, delayMs);
  }

  waitingFor(id: InvocationId): Promise<WaitingFor | null> {
    return readWait(this.#scripts, id, this.#tenantRunning);
  }

  repair(): Promise<number> {
    return freePlaces(this.#scripts);
  }

  async recount(): Promise<number> {
    // It adds up what the workers run at once.
    await listWorkers(this.#scripts);
    return recountAll(this.#redis, this.#scripts);
  }

  recountStorage(): Promise<number> {
    return recountAllStorage(this.#redis, this.#scripts);
  }

  standing(): Promise<Standing> {
    return readStanding(this.#scripts);
  }
}
