import type { ApiKeyId, Delivery, DeliveryId, InvocationId, WebhookId } from "@pifleet/invocation";

/**
 * Every Redis key and channel is made here. All keys of one shard hold the same hash tag, `{shard}`, so that the keys
 * which meet in one script share a slot of a Redis Cluster. There is one shard today; a fleet that outgrows it gets
 * more by choosing the number here, from the id.
 */
export interface Keys {
  /** Prefix of BullMQ's own keys; the queue's name follows. */
  readonly queuePrefix: string;
  /** Sorted set of admitted ids whose entry is not known to be in the queue; score: when they were admitted, Unix ms. */
  readonly unqueued: string;
  /** Sorted set of `id|status|tenant` of ended invocations; score: when their retention runs out, Unix ms. */
  readonly expiring: string;
  /** Sorted set, in lexical order, of the ids of all tenants' invocations that have not ended. */
  readonly open: string;
  /** Sorted set, in lexical order, of the invocations that have a place, with their tenants; see `slots/places.lua`. */
  readonly admitted: string;
  /** Sorted set of the ids of invocations that wait for their time; score: when it comes, Unix ms. */
  readonly scheduled: string;
  /** Sorted set of the tenants who wait for places, or had one lately; score: their virtual time. */
  readonly turns: string;
  /** The virtual time of the fleet: that of the last admission. */
  readonly virtualTime: string;
  /** Sorted sets of `id|attempt` whose spans are owed to a collector; score: when they are due, Unix ms. */
  readonly owed: string;
  readonly quarantined: string;
  /** Sorted set of the ids of ended invocations whose deliveries are not written; score: when it is due, Unix ms. */
  readonly outbox: string;
  /** Sorted set of the ids of pending deliveries; score: when they are due, Unix ms. */
  readonly dueDeliveries: string;
  /** Sorted set of ended deliveries and their places; score: when their retention runs out, Unix ms. */
  readonly expiringDeliveries: string;
  /** Key prefix of all deliveries; the scripts append an id. */
  readonly deliveryPrefix: string;
  /** Hash from a worker's id to its presence; what stands beside it is in `workers/workers.lua`. */
  readonly workers: string;
  /** Hash from a worker's id to the connection that it beat on last. */
  readonly workerConnections: string;
  /** Hash: since when the leases can be relied on; see `leases/leases-are-due.lua`. */
  readonly leaseWatch: string;
  /** Hash: providers that were away; see `providers/breakers.lua`. */
  readonly breakers: string;
  /** What the keys of catalogs of models begin with; a digest stands behind it. */
  readonly catalogPrefix: string;
  /** Hash: the counters of the fleet. */
  readonly counters: string;
  /** Hash: those of them whose labels can be any text. */
  readonly openCounters: string;
  /** String: is written to learn how far replicas are. */
  readonly replicated: string;
  /** Sorted set, in lexical order, of the ids of all tenants' API keys; some may be gone. */
  readonly apiKeys: string;
  /** Channel on which the ids of invocations are sent that something is asked of. */
  readonly requests: string;
  /** Channel on which consumers that are full are called to look whether their reserves are needed. */
  readonly reserves: string;
  /** Key prefix of all indexes; the scripts append the rest as `index` does. */
  readonly indexPrefix: string;
  /** Key prefix of all records, logs, span lists and journals; the scripts append an id. */
  readonly recordPrefix: string;
  readonly eventsPrefix: string;
  readonly spansPrefix: string;
  readonly journalPrefix: string;
  /** Written to find out whether Redis takes writes. */
  readonly probe: string;
  /** String: the number of the form in which the data is kept; see `schema.ts`. */
  readonly schema: string;
  /** Hash from a tenant to the bytes of all that it has; see `storage/storage.lua`. */
  readonly storage: string;
  /** Hash from the ids of a tenant's invocations to their bytes; an index, as the scripts make its key. */
  sizes(tenant: string): string;
  /** Hash: the invocation. */
  record(id: InvocationId): string;
  /** Stream: its events. */
  events(id: InvocationId): string;
  /** List: its spans, those of one write in one element. */
  spans(id: InvocationId): string;
  /** List: the journal of an attempt that has not ended, or was lost. */
  journal(id: InvocationId, attempt: number): string;
  /** Channel that hears of every change of the invocation. */
  changes(id: InvocationId): string;
  /** Hash: which invocation a client's idempotency key stands for. */
  idempotency(tenant: string, key: string): string;
  /** Hash: the API key. */
  apiKey(id: ApiKeyId): string;
  /** When the key's whole burst of requests is there again, Redis time in microseconds; absent when it is. */
  apiKeyRate(id: ApiKeyId): string;
  /** The id of the worker that does this task for the fleet; expires when it has not said so again. */
  leader(task: string): string;
  /** Sorted set of a tenant's ids in lexical order: `all`, or those in one status. */
  index(which: string, tenant: string): string;
  /** Hash from the id of a tenant's webhook to the webhook; an index, as the scripts make its key. */
  webhooks(tenant: string): string;
  /** Hash: the delivery. */
  delivery(id: DeliveryId): string;
  /** Index of a tenant's deliveries in one status: of all its webhooks and invocations, or of one webhook. */
  deliveriesIn(status: Delivery["status"], tenant: string, webhook?: WebhookId): string;
  /** Index of the deliveries of one invocation. */
  deliveriesOf(invocation: InvocationId, tenant: string): string;
}

const ONLY_SHARD = 0;

/** The keys under `prefix`. @throws {RangeError} when the prefix holds a brace, which would move the hash tag. */
export function makeKeys(prefix: string): Keys {
  if (/[{}]/.test(prefix)) throw new RangeError("a key prefix must not hold braces");
  const shard = `${prefix}:{${ONLY_SHARD}}`;
  const indexPrefix = `${shard}:index:`;
  const recordPrefix = `${shard}:invocation:`;
  const eventsPrefix = `${shard}:events:`;
  const spansPrefix = `${shard}:spans:`;
  const journalPrefix = `${shard}:journal:`;
  const deliveryPrefix = `${shard}:delivery:`;
  const index = (which: string, tenant: string) => `${indexPrefix}${which}:${tenant}`;
  return {
    queuePrefix: shard,
    unqueued: `${shard}:unqueued`,
    expiring: `${shard}:expiring`,
    open: `${shard}:open`,
    admitted: `${shard}:admitted`,
    scheduled: `${shard}:scheduled`,
    turns: `${shard}:turns`,
    virtualTime: `${shard}:virtual-time`,
    owed: `${shard}:owed`,
    quarantined: `${shard}:quarantined`,
    outbox: `${shard}:outbox`,
    dueDeliveries: `${shard}:due-deliveries`,
    expiringDeliveries: `${shard}:expiring-deliveries`,
    deliveryPrefix,
    workers: `${shard}:workers`,
    workerConnections: `${shard}:workers:connections`,
    leaseWatch: `${shard}:lease-watch`,
    breakers: `${shard}:breakers`,
    catalogPrefix: `${shard}:models:`,
    counters: `${shard}:counters`,
    openCounters: `${shard}:counters:open`,
    replicated: `${shard}:replicated`,
    apiKeys: `${shard}:api-keys`,
    requests: `${shard}:requests`,
    reserves: `${shard}:reserves`,
    indexPrefix,
    recordPrefix,
    record: (id) => recordPrefix + id,
    eventsPrefix,
    spansPrefix,
    journalPrefix,
    probe: `${shard}:probe`,
    schema: `${shard}:schema`,
    storage: `${indexPrefix}storage`,
    sizes: (tenant) => index("sizes", tenant),
    events: (id) => eventsPrefix + id,
    spans: (id) => spansPrefix + id,
    journal: (id, attempt) => `${journalPrefix}${id}:${attempt}`,
    changes: (id) => `${shard}:changes:${id}`,
    idempotency: (tenant, key) => `${shard}:idempotency:${encodeURIComponent(tenant)}:${key}`,
    apiKey: (id) => `${shard}:api-key:${id}`,
    apiKeyRate: (id) => `${shard}:api-key-rate:${id}`,
    leader: (task) => `${shard}:leader:${task}`,
    index,
    webhooks: (tenant) => index("webhooks", tenant),
    delivery: (id) => `${deliveryPrefix}${id}`,
    deliveriesIn: (status, tenant, webhook) =>
      index(webhook ? `deliveries/${status}/${webhook}` : `deliveries/${status}`, tenant),
    deliveriesOf: (invocation, tenant) => index(`deliveries/${invocation}`, tenant),
  };
}
