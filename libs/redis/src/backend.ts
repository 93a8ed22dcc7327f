import { type AdmissionLimits, type Backend, NO_LIMITS, UnavailableError } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { RedisApiKeys } from "./api-keys/api-keys.ts";
import { Compaction } from "./compaction/compaction.ts";
import { type Connections, openConnections, type Role } from "./connection/connections.ts";
import { RedisClock } from "./connection/redis-clock.ts";
import { Replication, type ReplicationOptions } from "./connection/replication.ts";
import { reached } from "./connection/unavailable.ts";
import { RedisDeliveryLedger } from "./deliveries/delivery-ledger.ts";
import { RedisAdmission } from "./dispatch/admission.ts";
import { RedisChangeFeed } from "./events/change-feed.ts";
import { RedisEventLog } from "./events/event-log.ts";
import { dataRisk, warnOfDataRisk } from "./health/eviction.ts";
import { MemoryUse } from "./health/memory-use.ts";
import { noteSchema, outdated } from "./health/schema.ts";
import { refusesWrites } from "./health/write-probe.ts";
import { RedisStore } from "./invocations/store.ts";
import { RedisCounters } from "./metrics/counters.ts";
import { RedisProviderBreakers } from "./providers/provider-breakers.ts";
import { RedisQueue } from "./queue/queue.ts";
import { type Keys, makeKeys } from "./scripting/keys.ts";
import { Scripts } from "./scripting/scripts.ts";
import { RedisSpanLog } from "./spans/span-log.ts";
import { RedisTraceSpool } from "./spans/trace-spool.ts";
import { RedisWebhooks } from "./webhooks/webhooks.ts";
import { DisconnectedWorkers } from "./workers/disconnected-workers.ts";
import { RedisWorkerRegistry } from "./workers/worker-registry.ts";

const PING_MS = 1_000;

export interface BackendOptions {
  /** `redis://` or `rediss://` URL. */
  readonly url: string;
  /** Prefix of all keys; `pifleet` by default. No braces. */
  readonly prefix?: string;
  /** How long an ended invocation is kept, milliseconds. */
  readonly retentionMs: number;
  /** How much may wait and run; nothing is limited by default. */
  readonly limits?: AdmissionLimits;
  /** Waits until replicas have what clients are told of; nothing is waited for by default. */
  readonly replication?: ReplicationOptions;
  /** How the absence of Redis shows; see `Role`. */
  readonly role: Role;
  /** Called for faults that the backend itself survives, such as a broken connection. */
  readonly onFault?: (error: Error) => void;
  /** Called when Redis can be reached again after a fault that said it could not, with the milliseconds in between. */
  readonly onBack?: (awayMs: number) => void;
  /** When it is aborted, the role `worker` gives up waiting for Redis: the call rejects, and nothing is left open. */
  readonly signal?: AbortSignal;
}

/**
 * Connects to Redis. For the role `api` it resolves at once, also while Redis is away: every port then throws
 * `UnavailableError` until Redis is there. For the role `worker` it waits for Redis.
 * @throws {UnavailableError} when it gave up waiting.
 */
export async function connectBackend(options: BackendOptions): Promise<Backend> {
  const { url, prefix = "pifleet", role, onFault = () => undefined, limits = NO_LIMITS, signal, onBack } = options;
  const keys = makeKeys(prefix);
  const connections = openConnections(url, role, onFault, { onBack });
  const backend = composeBackend(connections, keys, { ...options, limits, onFault });
  try {
    if (role === "worker") await connections.ready(signal);
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}

function composeBackend(
  { main, bulk, own, subscriber, replication: openReplication, close }: Connections,
  keys: Keys,
  {
    retentionMs,
    role,
    limits,
    replication: wanted,
    onFault,
  }: Pick<BackendOptions, "retentionMs" | "replication" | "role"> & {
    readonly limits: AdmissionLimits;
    readonly onFault: (error: Error) => void;
  },
): Backend {
  warnOfDataRisk(main, onFault);
  const scripts = new Scripts(main, keys, retentionMs);
  if (role === "api") noteSchema(main, scripts, onFault);
  const bulkScripts = new Scripts(bulk, keys, retentionMs);
  const compaction = new Compaction(bulkScripts, onFault);
  const changes = new RedisChangeFeed(subscriber, keys, onFault);
  const queue = new RedisQueue(main, scripts, (listener) => changes.watchReserves(listener), onFault);
  const replication = wanted && new Replication(openReplication(), keys.replicated, wanted, onFault);
  const disconnected = new DisconnectedWorkers(main, keys, own, onFault);
  return {
    store: new RedisStore(main, scripts, {
      bulk,
      bulkScripts,
      clock: new RedisClock(main),
      memory: new MemoryUse(main),
      limits,
      compaction,
      replication,
    }),
    queue,
    admission: new RedisAdmission(main, scripts, limits.tenantRunning),
    events: new RedisEventLog(scripts, bulkScripts),
    changes,
    spans: new RedisSpanLog(bulk, scripts),
    spool: new RedisTraceSpool(main, scripts),
    apiKeys: new RedisApiKeys(main, scripts),
    webhooks: new RedisWebhooks(main, scripts),
    deliveries: new RedisDeliveryLedger(main, scripts, replication),
    breakers: new RedisProviderBreakers(main, scripts),
    workers: new RedisWorkerRegistry(main, scripts, own, disconnected, onFault),
    counters: new RedisCounters(main, keys),
    ping: () => ping(main, bulk),
    dataRisk: () => dataRisk(main),
    outdated: () => outdated(main, keys),
    refusesWrites: async () => (await dataRisk(main)) ?? (await outdated(main, keys)) ?? refusesWrites(main, keys),
    close: async () => {
      await Promise.all([queue.close(), changes.close(), compaction.close()]);
      close();
    },
  };
}

/** Whether Redis answers. A long answer on `bulk` would hold a question up that is asked there. */
async function ping(redis: Redis, bulk: Redis): Promise<void> {
  if (bulk.status !== "ready") throw new UnavailableError("Redis is not connected");
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new UnavailableError("Redis does not answer")), PING_MS);
  try {
    await Promise.race([reached(redis.ping()), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
