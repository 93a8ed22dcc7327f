import { UnavailableError } from "@pifleet/invocation";
import { Redis, type RedisOptions } from "ioredis";
import { OwnConnection } from "./own-connection.ts";

/**
 * How a process wants Redis's absence to show.
 * - `api`: at once. Nothing is queued or sent again, so that nothing arrives after its caller was told that it failed.
 * - `worker`: not at all, as long as it is short. Commands wait and are sent again; every write is safe to repeat.
 */
export type Role = "api" | "worker";

const API_TIMEOUT_MS = 2_000;
/** Longer than the longest blocking fetch (10 s), shorter than anybody would wait for a settlement. */
const WORKER_TIMEOUT_MS = 15_000;
const RECONNECT_MAX_MS = 1_000;
/** Longer than the longest blocking fetch (10 s). A connection that answers nothing for so long is given up. */
const SILENT_MS = 15_000;
/** A connection that only listens is asked in turn whether anybody is there. */
const PINGS_PER_SILENCE = 3;

const OPTIONS: Record<Role, RedisOptions> = {
  api: {
    enableOfflineQueue: false,
    // Commands of one turn of the event loop are written together: a tenth less CPU for a submission on both sides.
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: API_TIMEOUT_MS,
    reconnectOnError: (error) => isReadOnly(error),
  },
  worker: {
    maxRetriesPerRequest: null,
    commandTimeout: WORKER_TIMEOUT_MS,
    // The command is sent again, to the node that has become the primary.
    reconnectOnError: (error) => (isReadOnly(error) ? 2 : false),
  },
};

/** The connections of one process. BullMQ's blocking fetch makes a further one, from `main`, for each consumer. */
export interface Connections {
  readonly main: Redis;
  /** How `main` is called in Redis. */
  readonly own: OwnConnection;
  /** For long answers, so that what cannot wait is not behind them on `main`. */
  readonly bulk: Redis;
  /** For waiting until replicas have what was written; opened when it is asked for. */
  replication(): Redis;
  /** Listens to channels; nothing else can be done on it. */
  readonly subscriber: Redis;
  /**
   * Resolves when `main` can be used and, where Redis tells, its name is known.
   * @throws {UnavailableError} when it was closed, or `signal` was aborted, before.
   */
  ready(signal?: AbortSignal): Promise<void>;
  close(): void;
}

export interface ConnectionOptions {
  /**
   * How long a connection may answer nothing before it is given up for a new one, milliseconds. The kernel would take a
   * quarter of an hour to notice that the other end is gone without a word.
   */
  readonly silentMs?: number;
  /** Called when Redis can be reached again, with the milliseconds since the outage was reported. */
  readonly onBack?: ((awayMs: number) => void) | undefined;
}

/**
 * Begins to connect, and goes on trying until `close`. Never throws for an absent Redis.
 */
export function openConnections(
  url: string,
  role: Role,
  onFault: (error: Error) => void,
  { silentMs = SILENT_MS, onBack }: ConnectionOptions = {},
): Connections {
  const open = (connectionName: string, more: RedisOptions = {}) => {
    const retryStrategy = (times: number) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_MAX_MS);
    return new Redis(url, { ...OPTIONS[role], socketTimeout: silentMs, retryStrategy, connectionName, ...more });
  };
  const main = open(`pifleet-${role}`);
  const bulk = open(`pifleet-${role}-bulk`);
  // The main connection reports an outage.
  bulk.on("error", () => undefined);
  const own = new OwnConnection(main, onFault);
  // The change feed subscribes again by itself, because it must know when that is done.
  const subscriber = open(`pifleet-${role}-feed`, { autoResubscribe: false });
  reportOutages(main, onFault, onBack);
  reportOutages(subscriber, onFault);
  const pings = setInterval(() => ping(subscriber), silentMs / PINGS_PER_SILENCE);
  pings.unref();
  let replication: Redis | undefined;
  return {
    main,
    bulk,
    own,
    replication: () => {
      // Commands that cannot be sent now fail at once instead of being sent late.
      const more = { enableOfflineQueue: false, maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false };
      replication ??= open(`pifleet-${role}-replication`, more).on("error", () => undefined);
      return replication;
    },
    subscriber,
    ready: (signal) =>
      unlessAborted(
        untilReady(main).then(() => own.asked()),
        signal,
      ),
    close: () => {
      clearInterval(pings);
      for (const redis of [main, bulk, subscriber, replication]) if (redis) disconnect(redis);
    },
  };
}

/** What comes of it is told by the connection: it is given up when nothing comes. */
function ping(redis: Redis): void {
  if (redis.status === "ready") redis.ping().catch(() => undefined);
}

/** Reports the first error of each outage, as the tries to connect that follow say nothing new, and its end. */
function reportOutages(redis: Redis, onFault: (error: Error) => void, onBack?: (awayMs: number) => void): void {
  let reportedAt: number | undefined;
  redis.on("error", (cause) => {
    if (reportedAt === undefined) onFault(new UnavailableError("Redis cannot be reached", { cause }));
    reportedAt ??= performance.now();
  });
  redis.on("ready", () => {
    if (reportedAt !== undefined) onBack?.(Math.round(performance.now() - reportedAt));
    reportedAt = undefined;
  });
}

function isReadOnly(error: Error): boolean {
  return error.message.startsWith("READONLY");
}

function untilReady(redis: Redis): Promise<void> {
  if (redis.status === "ready") return Promise.resolve();
  return new Promise((resolve, reject) => {
    redis.once("ready", resolve);
    redis.once("end", () => reject(new UnavailableError("the connection was closed")));
  });
}

async function unlessAborted(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () =>
    aborted.reject(new UnavailableError("the wait for Redis was given up", { cause: signal?.reason }));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  try {
    await Promise.race([aborted.promise, wait]);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Closes at once; what waits for an answer fails. */
function disconnect(redis: Redis): void {
  if (redis.status === "reconnecting") {
    // Between two tries there is no socket whose end would make the waiting commands fail: begin one and end it.
    redis.connect().catch(() => undefined);
  }
  redis.disconnect();
}
