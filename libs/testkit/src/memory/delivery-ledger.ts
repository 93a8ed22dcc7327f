import {
  type AfterTry,
  type Delivery,
  type DeliveryId,
  type DeliveryLedger,
  type DeliveryQuery,
  type DeliveryTry,
  type Ended,
  type Page,
  type StoredDelivery,
  ulidTime,
} from "@pifleet/invocation";
import { KeptDelivery } from "./kept-delivery.ts";
import type { MemoryOutbox } from "./outbox.ts";

/** The ledger, in memory. What it hands out is a copy. */
export class MemoryDeliveryLedger implements DeliveryLedger {
  readonly #now: () => number;
  readonly #outbox: MemoryOutbox;
  readonly #retentionMs: number;
  readonly #kept = new Map<DeliveryId, KeptDelivery>();

  constructor(now: () => number, outbox: MemoryOutbox, retentionMs: number) {
    this.#now = now;
    this.#outbox = outbox;
    this.#retentionMs = retentionMs;
  }

  async takeEnded(limit: number, leaseMs: number): Promise<Ended[]> {
    return this.#outbox.take(limit, leaseMs);
  }

  async write(ended: Ended, deliveries: readonly StoredDelivery[]): Promise<void> {
    if (!this.#outbox.remove(ended)) return;
    for (const each of deliveries) this.#kept.set(each.id, new KeptDelivery(each, this.#now(), this.#retentionMs));
  }

  async take(limit: number, leaseMs: number): Promise<StoredDelivery[]> {
    const now = this.#now();
    const due = this.#pending()
      .filter(({ dueAt }) => dueAt <= now)
      .sort((a, b) => a.dueAt - b.dueAt);
    const taken = due.slice(0, limit);
    for (const kept of taken) kept.take(now + leaseMs);
    return taken.map((kept) => kept.copy());
  }

  async record(id: DeliveryId, made: DeliveryTry, after: AfterTry): Promise<void> {
    this.#find(id)?.record(made, after, this.#now());
  }

  async postpone(id: DeliveryId, delayMs: number): Promise<void> {
    this.#find(id)?.postpone(this.#now() + delayMs);
  }

  async nextDueMs(): Promise<number | null> {
    const times = [...this.#pending().map(({ dueAt }) => dueAt), ...this.#outbox.dueTimes()];
    return times.length > 0 ? Math.max(0, Math.min(...times) - this.#now()) : null;
  }

  async get(tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
    const delivery = this.#find(id)?.copy();
    return delivery?.tenant === tenant ? delivery : null;
  }

  async list(query: DeliveryQuery): Promise<Page<Delivery, DeliveryId>> {
    const matching = [...this.#kept.keys()]
      .flatMap((id) => this.#find(id)?.copy() ?? [])
      .filter((delivery) => matches(delivery, query))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const items = matching.slice(0, query.limit).map(({ tenant, body, traceparent, ...listed }) => listed);
    return { items, next: matching.length > query.limit ? (items.at(-1)?.id ?? null) : null };
  }

  async redeliver(tenant: string, id: DeliveryId): Promise<StoredDelivery | null> {
    if (!(await this.get(tenant, id))) return null;
    this.#find(id)?.redeliver(this.#now());
    return this.get(tenant, id);
  }

  async expire(): Promise<number> {
    const expired = [...this.#kept].filter(([, kept]) => kept.isExpired(this.#now()));
    for (const [id] of expired) this.#kept.delete(id);
    return expired.length;
  }

  async size(): Promise<{ pending: number; outbox: number }> {
    return { pending: this.#pending().length, outbox: this.#outbox.size };
  }

  #find(id: DeliveryId): KeptDelivery | undefined {
    const kept = this.#kept.get(id);
    return kept?.isExpired(this.#now()) ? undefined : kept;
  }

  #pending(): KeptDelivery[] {
    return [...this.#kept.values()].filter(({ isPending }) => isPending);
  }
}

function matches(delivery: StoredDelivery, query: DeliveryQuery): boolean {
  const { tenant, webhook, invocation, status, since, until, after } = query;
  return (
    delivery.tenant === tenant &&
    (webhook === undefined || delivery.webhook === webhook) &&
    (invocation === undefined || delivery.invocation === invocation) &&
    (status === undefined || delivery.status === status) &&
    (since === undefined || delivery.id >= `dlv_${ulidTime(since)}`) &&
    (until === undefined || delivery.id < `dlv_${ulidTime(until)}`) &&
    (after === undefined || delivery.id < after)
  );
}
