import type { Admission } from "./admission.ts";
import type { ApiKeys } from "./api-keys.ts";
import type { Counters } from "./counters.ts";
import type { ChangeFeed, EventLog } from "./event-log.ts";
import type { WorkerRegistry } from "./presence.ts";
import type { ProviderBreakers } from "./provider-breakers.ts";
import type { InvocationQueue } from "./queue.ts";
import type { SpanLog } from "./span-log.ts";
import type { InvocationStore } from "./store.ts";
import type { TraceSpool } from "./trace-spool.ts";
import type { DeliveryLedger, Webhooks } from "./webhooks.ts";

/** All the ports that one database stands behind; what an app connects to. */
export interface Backend {
  readonly store: InvocationStore;
  readonly queue: InvocationQueue;
  readonly admission: Admission;
  readonly events: EventLog;
  readonly changes: ChangeFeed;
  readonly spans: SpanLog;
  readonly spool: TraceSpool;
  readonly webhooks: Webhooks;
  readonly deliveries: DeliveryLedger;
  readonly apiKeys: ApiKeys;
  readonly workers: WorkerRegistry;
  readonly breakers: ProviderBreakers;
  readonly counters: Counters;
  /** Resolves when the database answers. @throws {UnavailableError} soon when it does not. */
  ping(): Promise<void>;
  /** Why the database must not be used: it may drop what it holds. Null when it may. @throws {UnavailableError} */
  dataRisk(): Promise<string | null>;
  /**
   * Why this process is too old for what a newer version has written there; null when it is not.
   * @throws {UnavailableError}
   */
  outdated(): Promise<string | null>;
  /** Why the database takes no writes, or must not be given any; null when it does. @throws {UnavailableError} when it cannot be reached. */
  refusesWrites(): Promise<string | null>;
  /** Ends every consumer and connection. Safe to call twice. */
  close(): Promise<void>;
}
