import { type AfterTry, type DeliveryTry, KEPT_TRIES, type StoredDelivery } from "@pifleet/invocation";

/** A delivery and what becomes of it. All times are Unix milliseconds. */
export class KeptDelivery {
  readonly #retentionMs: number;
  #delivery: StoredDelivery;
  /** When somebody may take it: it is due, or its taker's lease is over. */
  #dueAt: number;
  #isTaken = false;
  /** Whether it was redelivered while it was taken. */
  #redeliverAsked = false;
  #expiresAt = Number.POSITIVE_INFINITY;

  constructor(delivery: StoredDelivery, now: number, retentionMs: number) {
    this.#retentionMs = retentionMs;
    this.#dueAt = now;
    const state = { status: "pending" as const, tries: [], tryCount: 0, deliveredAt: null };
    this.#delivery = { ...structuredClone(delivery), ...state, nextTryAt: timestamp(now) };
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  get isPending(): boolean {
    return this.#delivery.status === "pending";
  }

  copy(): StoredDelivery {
    return structuredClone(this.#delivery);
  }

  isExpired(now: number): boolean {
    return this.#expiresAt <= now;
  }

  take(until: number): void {
    this.#isTaken = true;
    this.#redeliverAsked = false;
    this.#dueAt = until;
  }

  record(made: DeliveryTry, after: AfterTry, now: number): void {
    const { status, tries, tryCount } = this.#delivery;
    this.#change({ tries: [...tries, structuredClone(made)].slice(-KEPT_TRIES), tryCount: tryCount + 1 });
    if (after.kind === "delivered" && status !== "delivered") this.#end("delivered", now);
    else if (status !== "pending") return;
    else if (this.#redeliverAsked) this.#beginAnew(now);
    else if (after.kind === "again") this.#await(now + after.delayMs);
    else this.#end("dead", now);
  }

  postpone(until: number): void {
    if (this.isPending) this.#await(until);
  }

  redeliver(now: number): void {
    const isTaken = this.isPending && this.#isTaken && this.#dueAt > now;
    if (!isTaken) this.#beginAnew(now);
    this.#redeliverAsked = isTaken;
    this.#change({ tryCount: 0 });
  }

  #beginAnew(now: number): void {
    const dueAt = this.isPending ? Math.min(now, this.#dueAt) : now;
    this.#expiresAt = Number.POSITIVE_INFINITY;
    this.#change({ status: "pending", deliveredAt: null, tryCount: 0 });
    this.#await(dueAt);
  }

  #await(dueAt: number): void {
    this.#isTaken = false;
    this.#redeliverAsked = false;
    this.#dueAt = dueAt;
    this.#change({ nextTryAt: timestamp(dueAt) });
  }

  #end(status: "delivered" | "dead", now: number): void {
    this.#redeliverAsked = false;
    this.#expiresAt = now + this.#retentionMs;
    this.#change({ status, nextTryAt: null, deliveredAt: status === "delivered" ? timestamp(now) : null });
  }

  #change(changes: Partial<StoredDelivery>): void {
    this.#delivery = { ...this.#delivery, ...changes };
  }
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
