import type { InvocationId } from "../id.ts";
import type { Delivery, DeliveryId, DeliveryTry, StoredDelivery, StoredWebhook, WebhookId } from "../webhook.ts";

export interface Page<Item, Id> {
  /** Newest first. */
  readonly items: Item[];
  /** Pass as `after` to get the next page; null at the end. */
  readonly next: Id | null;
}

/** The port to the webhooks of tenants. All throw `UnavailableError` when what is behind it cannot be reached. */
export interface Webhooks {
  /** Writes a new webhook. `too_many` when the tenant has `MAX_WEBHOOKS`. */
  create(webhook: StoredWebhook): Promise<"created" | "too_many">;
  get(tenant: string, id: WebhookId): Promise<StoredWebhook | null>;
  /** All of a tenant, newest first; there are `MAX_WEBHOOKS` at most. */
  list(tenant: string): Promise<StoredWebhook[]>;
  /** Writes the changed fields, never the id or the tenant; null when there is no such webhook. */
  update(tenant: string, id: WebhookId, changes: Partial<StoredWebhook>): Promise<StoredWebhook | null>;
  /** Whether there was one. Its deliveries stay in the ledger; those that are pending become dead at their next try. */
  delete(tenant: string, id: WebhookId): Promise<boolean>;
}

export const MAX_WEBHOOKS = 50;

/** An ended invocation whose webhooks have not been written into the ledger. */
export type Ended = InvocationId;

export interface DeliveryQuery {
  readonly tenant: string;
  readonly webhook?: WebhookId;
  readonly invocation?: InvocationId;
  readonly status?: Delivery["status"];
  /** Only those created at this time or later, Unix milliseconds, as their ids tell it. */
  readonly since?: number;
  /** Only those created before this time, Unix milliseconds. */
  readonly until?: number;
  /** 1 to 100. */
  readonly limit: number;
  readonly after?: DeliveryId;
}

/** What becomes of a delivery after a try. */
export type AfterTry = { readonly kind: "delivered" | "dead" } | { readonly kind: "again"; readonly delayMs: number };

/**
 * The port to the ledger of deliveries. The script that ends an invocation also writes a row into the outbox when a
 * webhook may want to know: of its tenant, or its own. Whoever takes the row writes the deliveries in exchange for it,
 * and whoever takes a delivery that is due makes one try. A taker that dies is followed by another one after its lease.
 */
export interface DeliveryLedger {
  /** Takes up to `limit` rows of the outbox; nobody else gets them for `leaseMs`. */
  takeEnded(limit: number, leaseMs: number): Promise<Ended[]>;
  /**
   * Writes the deliveries of an ended invocation, new and due at once, in exchange for its row of the outbox; none when
   * nobody wants to know. Does nothing when the row is gone: they were written before.
   */
  write(ended: Ended, deliveries: readonly StoredDelivery[]): Promise<void>;
  /** Takes up to `limit` deliveries that are due, the longest due first; nobody else gets them for `leaseMs`. */
  take(limit: number, leaseMs: number): Promise<StoredDelivery[]>;
  /**
   * Records a try and what follows. Only the newest `KEPT_TRIES` tries are kept. A delivery that somebody else ended
   * meanwhile stays as it is, but for a dead one that was delivered after all. One that was redelivered during the try
   * is due again at once, unless the try has delivered it.
   */
  record(id: DeliveryId, made: DeliveryTry, after: AfterTry): Promise<void>;
  /** Puts a delivery off that was taken, without a try. One that has ended stays as it is. */
  postpone(id: DeliveryId, delayMs: number): Promise<void>;
  /** When the next delivery or row is due, milliseconds from now; null when nothing is. */
  nextDueMs(): Promise<number | null>;
  get(tenant: string, id: DeliveryId): Promise<StoredDelivery | null>;
  list(query: DeliveryQuery): Promise<Page<Delivery, DeliveryId>>;
  /**
   * Makes a delivery pending and due at once, whatever its status; its schedule begins anew: `tryCount` is 0, and the
   * tries are kept. One that is taken stays with its taker: that is the try. Null: no such one.
   */
  redeliver(tenant: string, id: DeliveryId): Promise<StoredDelivery | null>;
  /** Drops deliveries that ended one retention ago; returns how many. Called from time to time. */
  expire(): Promise<number>;
  /** How many deliveries are pending, and how many rows are in the outbox. */
  size(): Promise<{ readonly pending: number; readonly outbox: number }>;
}

export const KEPT_TRIES = 20;
