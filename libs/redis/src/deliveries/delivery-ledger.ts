import type {
  AfterTry,
  Delivery,
  DeliveryId,
  DeliveryLedger,
  DeliveryQuery,
  DeliveryTry,
  Ended,
  Page,
  StoredDelivery,
} from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { Replication } from "../connection/replication.ts";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeDelivery } from "./delivery.ts";
import { expireDeliveries } from "./expire-deliveries.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { redeliver } from "./redeliver.ts";
import { takeEnded } from "./take-ended.ts";
import { nextDue } from "./tries/next-due.ts";
import { postponeDelivery } from "./tries/postpone-delivery.ts";
import { recordTry } from "./tries/record-try.ts";
import { takeDeliveries } from "./tries/take-deliveries.ts";
import { writeDeliveries } from "./write-deliveries.ts";

const EXPIRE_BATCH = 500;

/**
 * The ledger in Redis: one hash per delivery, a sorted set of those that are due, and indexes by which a tenant lists
 * them. The script that ends an invocation adds to the outbox; the scripts on deliveries do all the rest.
 */
export class RedisDeliveryLedger implements DeliveryLedger {
  readonly #redis: Redis;
  readonly #scripts: Scripts;
  readonly #replication: Replication | undefined;

  /** @param replication is waited for before anybody is told of an end */
  constructor(redis: Redis, scripts: Scripts, replication?: Replication) {
    this.#redis = redis;
    this.#scripts = scripts;
    this.#replication = replication;
  }

  takeEnded(limit: number, leaseMs: number): Promise<Ended[]> {
    return takeEnded(this.#scripts, limit, leaseMs);
  }

  write(ended: Ended, deliveries: readonly StoredDelivery[]): Promise<void> {
    return writeDeliveries(this.#scripts, ended, deliveries);
  }

  async take(limit: number, leaseMs: number): Promise<StoredDelivery[]> {
    const due = await takeDeliveries(this.#scripts, limit, leaseMs);
    if (due.length > 0) await this.#replication?.wait();
    return due;
  }

  record(id: DeliveryId, made: DeliveryTry, after: AfterTry): Promise<void> {
    return recordTry(this.#scripts, id, made, after);
  }

  postpone(id: DeliveryId, delayMs: number): Promise<void> {
    return postponeDelivery(this.#scripts, id, delayMs);
  }

  nextDueMs(): Promise<number | null> {
    return nextDue(this.#scripts);
  }

  async get(tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
    const fields = await reached(this.#redis.hgetallBuffer(this.#scripts.keys.delivery(id)));
    const delivery = await decodeDelivery(id, fields);
    return delivery?.tenant === tenant ? delivery : null;
  }

  list(query: DeliveryQuery): Promise<Page<Delivery, DeliveryId>> {
    return listDeliveries(this.#scripts, query);
  }

  redeliver(tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
    return redeliver(this.#scripts, tenant, id);
  }

  async expire(): Promise<number> {
    let total = 0;
    for (let dropped = EXPIRE_BATCH; dropped === EXPIRE_BATCH; total += dropped) {
      dropped = await expireDeliveries(this.#scripts, EXPIRE_BATCH);
    }
    return total;
  }

  async size(): Promise<{ pending: number; outbox: number }> {
    const { dueDeliveries, outbox } = this.#scripts.keys;
    const counts = [this.#redis.zcard(dueDeliveries), this.#redis.zcard(outbox)] as const;
    const [pending, rows] = await reached(Promise.all(counts));
    return { pending, outbox: rows };
  }
}
