import {
  type AfterTry,
  type Delivery,
  type DeliveryId,
  type DeliveryLedger,
  type DeliveryQuery,
  type DeliveryTry,
  type Ended,
  KEPT_TRIES,
  type Page,
  type StoredDelivery,
} from "@pifleet/invocation";
import type { Redis } from "ioredis";
import type { Replication } from "../connection/replication.ts";
import { reached } from "../connection/unavailable.ts";
import { json, number, numeral, text } from "../scripting/parameters.ts";
import { bytes, integer, listOf, nothing, orNull, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeDelivery, deliveryFieldsOf, encodeDelivery } from "./delivery.ts";
import { listDeliveries } from "./list-deliveries.ts";

const TAKE_ENDED = defineScript({
  name: "take-ended",
  keys: {
    outbox: "sorted set of the ids of ended invocations; score: when their row is due",
  },
  args: {
    limit: numeral("how many at most"),
    lease: number("milliseconds of the lease"),
  },
  reply: listOf(textOf<Ended>("id")),
});

const WRITE_DELIVERIES = defineScript({
  name: "write-deliveries",
  base: "ledger",
  keys: {
    outbox: "sorted set of the ids of ended invocations",
  },
  args: {
    ended: text("id of the invocation"),
  },
  moreArgs: "of each delivery: id, place, what never changes (JSON), body (encoded)",
  reply: nothing,
});

const TAKE_DELIVERIES = defineScript({
  name: "take-deliveries",
  base: "ledger",
  keys: {},
  args: {
    limit: numeral("how many at most"),
    lease: number("milliseconds of the lease"),
  },
  reply: listOf(tuple(textOf<DeliveryId>("id"), listOf(bytes("fields and their values")))),
});

const RECORD_TRY = defineScript({
  name: "record-try",
  base: "ledger",
  keys: {},
  args: {
    id: text("of the delivery"),
    made: json("the try, as JSON"),
    after: text("what follows: delivered | dead | again"),
    delay: number("milliseconds until the next try; read when again"),
    kept: number("how many tries are kept"),
  },
  reply: nothing,
});

const POSTPONE_DELIVERY = defineScript({
  name: "postpone-delivery",
  base: "ledger",
  keys: {},
  args: {
    id: text("of the delivery"),
    delay: number("milliseconds until it is due"),
  },
  reply: nothing,
});

const NEXT_DUE = defineScript({
  name: "next-due",
  keys: {
    due: "sorted set of deliveries; score: when they are due",
    outbox: "sorted set of ended invocations; score: when their row is due",
  },
  args: {},
  reply: orNull(integer("milliseconds from now, 0 when it is due already")),
});

const REDELIVER = defineScript({
  name: "redeliver",
  base: "ledger",
  keys: {},
  args: {
    tenant: text("whose it is"),
    id: text("of the delivery"),
  },
  reply: listOf(bytes("fields and their values; none when there is no such delivery")),
});

const EXPIRE_DELIVERIES = defineScript({
  name: "expire-deliveries",
  base: "ledger",
  keys: {},
  args: {
    limit: numeral("how many at most"),
  },
  reply: integer("how many"),
});

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
    return this.#scripts.call(TAKE_ENDED, { outbox: this.#scripts.keys.outbox }, { limit, lease: leaseMs });
  }

  async write(ended: Ended, deliveries: readonly StoredDelivery[]): Promise<void> {
    const rows = await Promise.all(deliveries.map(encodeDelivery));
    const { outbox } = this.#scripts.keys;
    await this.#scripts.callOnLedger(WRITE_DELIVERIES, { outbox }, { ended }, { args: rows.flat() });
  }

  async take(limit: number, leaseMs: number): Promise<StoredDelivery[]> {
    const rows = await this.#scripts.callOnLedger(TAKE_DELIVERIES, {}, { limit, lease: leaseMs });
    const taken = await Promise.all(rows.map(([id, flat]) => decodeDelivery(id, deliveryFieldsOf(flat))));
    const due = taken.filter((delivery) => delivery !== null);
    if (due.length > 0) await this.#replication?.wait();
    return due;
  }

  record(id: DeliveryId, made: DeliveryTry, after: AfterTry): Promise<void> {
    const delay = after.kind === "again" ? after.delayMs : 0;
    return this.#scripts.callOnLedger(RECORD_TRY, {}, { id, made, after: after.kind, delay, kept: KEPT_TRIES });
  }

  postpone(id: DeliveryId, delayMs: number): Promise<void> {
    return this.#scripts.callOnLedger(POSTPONE_DELIVERY, {}, { id, delay: delayMs });
  }

  nextDueMs(): Promise<number | null> {
    const { dueDeliveries, outbox } = this.#scripts.keys;
    return this.#scripts.call(NEXT_DUE, { due: dueDeliveries, outbox }, {});
  }

  async get(tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
    const fields = await reached(this.#redis.hgetallBuffer(this.#scripts.keys.delivery(id)));
    const delivery = await decodeDelivery(id, fields);
    return delivery?.tenant === tenant ? delivery : null;
  }

  list(query: DeliveryQuery): Promise<Page<Delivery, DeliveryId>> {
    return listDeliveries(this.#scripts, query);
  }

  async redeliver(tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
    const flat = await this.#scripts.callOnLedger(REDELIVER, {}, { tenant, id });
    return decodeDelivery(id, deliveryFieldsOf(flat));
  }

  async expire(): Promise<number> {
    let total = 0;
    for (let dropped = EXPIRE_BATCH; dropped === EXPIRE_BATCH; total += dropped) {
      dropped = await this.#scripts.callOnLedger(EXPIRE_DELIVERIES, {}, { limit: EXPIRE_BATCH });
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
