import type { Backend } from "@pifleet/invocation";
import { MemoryApiKeys } from "./api-keys.ts";
import { MemoryChangeFeed } from "./change-feed.ts";
import { MemoryCounters } from "./counters.ts";
import { MemoryDeliveryLedger } from "./delivery-ledger.ts";
import { MemoryEventLog } from "./event-log.ts";
import { KeptInvocations } from "./kept-invocation.ts";
import { Lifecycle } from "./lifecycle.ts";
import { MemoryOutbox } from "./outbox.ts";
import { MemoryQueue } from "./queue.ts";
import { MemorySpanLog } from "./span-log.ts";
import { MemoryStore } from "./store.ts";
import { MemoryTraceSpool } from "./trace-spool.ts";
import { MemoryWebhooks } from "./webhooks.ts";
import { MemoryWorkerRegistry } from "./worker-registry.ts";

/**
 * A backend in memory, for tests that need no Redis. It passes the same conformance suites.
 * `retentionMs` is how long an ended invocation is kept; `now` (Unix ms) replaces the clock for retention and
 * timestamps. Leases and delays of the queue are real timers.
 */
export function createMemoryBackend(options: { retentionMs: number; now?: () => number }): Backend {
  const { retentionMs, now = Date.now } = options;
  const changes = new MemoryChangeFeed();
  const all = new KeptInvocations(now, changes);
  const spool = new MemoryTraceSpool(all);
  const webhooks = new MemoryWebhooks();
  const outbox = new MemoryOutbox(now, webhooks);
  const queue = new MemoryQueue();
  return {
    store: new MemoryStore(all, new Lifecycle(all, spool, outbox, retentionMs)),
    queue,
    events: new MemoryEventLog(all),
    changes,
    spans: new MemorySpanLog(all),
    spool,
    apiKeys: new MemoryApiKeys(now),
    webhooks,
    deliveries: new MemoryDeliveryLedger(now, outbox, retentionMs),
    workers: new MemoryWorkerRegistry(now),
    counters: new MemoryCounters(),
    ping: async () => undefined,
    close: async () => {
      await Promise.all([queue.close(), changes.close()]);
    },
  };
}
