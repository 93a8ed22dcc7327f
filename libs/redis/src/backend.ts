import { type Backend, UnavailableError } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { RedisChangeFeed } from "./change-feed.ts";
import { openConnections, type Role } from "./connections.ts";
import { RedisEventLog } from "./event-log.ts";
import { warnOfEviction } from "./eviction.ts";
import { makeKeys } from "./keys.ts";
import { RedisQueue } from "./queue.ts";
import { RedisClock } from "./redis-clock.ts";
import { Scripts } from "./scripts.ts";
import { RedisSpanLog } from "./span-log.ts";
import { RedisStore } from "./store.ts";
import { reached } from "./unavailable.ts";
import { RedisWorkerRegistry } from "./worker-registry.ts";

const PING_MS = 1_000;

export interface BackendOptions {
  /** `redis://` or `rediss://` URL. */
  readonly url: string;
  /** What all keys begin with; `pifleet` by default. No braces. */
  readonly prefix?: string;
  /** How long an ended invocation is kept, milliseconds. */
  readonly retentionMs: number;
  /** How the absence of Redis shows; see `Role`. */
  readonly role: Role;
  /** Called for faults that the backend itself survives, such as a broken connection. */
  readonly onFault?: (error: Error) => void;
}

/**
 * Connects to Redis. For the role `api` it resolves at once, also while Redis is away: every port then throws
 * `UnavailableError` until Redis is there. For the role `worker` it waits for Redis.
 */
export async function connectBackend(options: BackendOptions): Promise<Backend> {
  const { url, prefix = "pifleet", retentionMs, role, onFault = () => undefined } = options;
  const keys = makeKeys(prefix);
  const connections = openConnections(url, role, onFault);
  const { main, subscriber } = connections;
  warnOfEviction(main, onFault);
  const scripts = new Scripts(main, keys, retentionMs);
  const queue = new RedisQueue(main, keys, onFault);
  const changes = new RedisChangeFeed(subscriber, keys, onFault);
  if (role === "worker") await connections.ready();
  return {
    store: new RedisStore(main, scripts, new RedisClock(main)),
    queue,
    events: new RedisEventLog(scripts),
    changes,
    spans: new RedisSpanLog(main, scripts),
    workers: new RedisWorkerRegistry(main, scripts),
    ping: () => ping(main),
    close: async () => {
      await Promise.all([queue.close(), changes.close()]);
      connections.close();
    },
  };
}

async function ping(redis: Redis): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new UnavailableError("Redis does not answer")), PING_MS);
  try {
    await Promise.race([reached(redis.ping()), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
