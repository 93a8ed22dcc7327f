import { type AdmissionLimits, type Backend, NO_LIMITS } from "@pifleet/invocation";
import { MemoryAdmission } from "./admission.ts";
import { MemoryApiKeys } from "./api-keys.ts";
import { MemoryChangeFeed } from "./change-feed.ts";
import { MemoryCounters } from "./counters.ts";
import { MemoryDeliveryLedger } from "./delivery-ledger.ts";
import { MemoryEventLog } from "./event-log.ts";
import { KeptInvocations } from "./kept-invocation.ts";
import { Lifecycle } from "./lifecycle.ts";
import { MemoryOutbox } from "./outbox.ts";
import { MemoryProviderBreakers } from "./provider-breakers.ts";
import { MemoryQueue } from "./queue.ts";
import { MemorySpanLog } from "./span-log.ts";
import { MemoryStore } from "./store.ts";
import { MemoryTraceSpool } from "./trace-spool.ts";
import { MemoryWebhooks } from "./webhooks.ts";
import { MemoryWorkerRegistry } from "./worker-registry.ts";

/**
 * A backend in memory, for tests that need no Redis. It passes the same conformance suites.
 * `retentionMs` is how long an ended invocation is kept; `now` (Unix ms) replaces the clock for retention and
 * timestamps; `limits` are how much may wait and run. Leases and delays of the queue are real timers.
 */
export function createMemoryBackend(options: {
  retentionMs: number;
  limits?: AdmissionLimits;
  now?: () => number;
}): Backend {
  const { retentionMs, limits = NO_LIMITS, now = Date.now } = options;
  const changes = new MemoryChangeFeed();
  const all = new KeptInvocations(now, changes);
  const spool = new MemoryTraceSpool(all);
  const webhooks = new MemoryWebhooks();
  const outbox = new MemoryOutbox(now, webhooks);
  const workers = new MemoryWorkerRegistry(now);
  const admission = new MemoryAdmission(all, workers, limits.tenantRunning);
  const breakers = new MemoryProviderBreakers(now);
  const queue = new MemoryQueue(() => admission.isCrowded());
  return {
    store: new MemoryStore(all, new Lifecycle(all, spool, outbox, retentionMs), admission, limits, breakers),
    queue,
    admission,
    events: new MemoryEventLog(all),
    changes,
    spans: new MemorySpanLog(all),
    spool,
    apiKeys: new MemoryApiKeys(now),
    webhooks,
    deliveries: new MemoryDeliveryLedger(now, outbox, retentionMs),
    workers,
    breakers,
    counters: new MemoryCounters(),
    ping: async () => undefined,
    dataRisk: async () => null,
    outdated: async () => null,
    refusesWrites: async () => null,
    close: async () => {
      await Promise.all([queue.close(), changes.close()]);
    },
  };
}
