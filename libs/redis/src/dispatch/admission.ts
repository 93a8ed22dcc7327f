import type { Admission, InvocationId, QueueEntry, Standing, WaitingFor } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { number, text } from "../scripting/parameters.ts";
import { integer, nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { recountAll, recountAllStorage } from "../storage/recounting.ts";
import { listWorkers } from "../workers/list-workers.ts";
import { absent } from "./absent.ts";
import { admit } from "./admit.ts";
import { readStanding } from "./read-standing.ts";
import { readWait } from "./read-wait.ts";

const ENTER = defineScript({
  name: "enter",
  base: "invocation",
  keys: {
    turns: "sorted set of the tenants; score: their virtual time",
    virtualTime: "the virtual time of the fleet",
  },
  args: {
    delay: number("milliseconds until it waits for its turn"),
  },
  reply: nothing,
});

const FREE_PLACES = defineScript({
  name: "free-places",
  keys: {
    admitted: "sorted set of the places, see places.lua",
  },
  args: {
    records: text("what the keys of the records begin with"),
  },
  reply: integer("how many"),
});

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
    const { turns, virtualTime } = this.#scripts.keys;
    return this.#scripts.callOn(id, ENTER, { turns, virtualTime }, { delay: delayMs });
  }

  waitingFor(id: InvocationId): Promise<WaitingFor | null> {
    return readWait(this.#scripts, id, this.#tenantRunning);
  }

  repair(): Promise<number> {
    const { admitted, recordPrefix } = this.#scripts.keys;
    return this.#scripts.call(FREE_PLACES, { admitted }, { records: recordPrefix });
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
