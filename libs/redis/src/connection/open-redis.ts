import { Redis } from "ioredis";

const PATIENCE_MS = 2_000;

/** Warning about a Redis that needs no password. */
export const OPEN_REDIS_WARNING =
  "Redis needs no password: every program that reaches it, an agent's tools included, can read and change all " +
  "invocations and make API keys; give it one (an ACL user or requirepass), put it into REDIS_URL, and see docs/redis.md";

/**
 * Whether a Redis serves everybody: it answers a PING on a connection that shows no password. What cannot be found out,
 * such as while Redis is away, counts as no. Takes 2 s at most.
 * @param url the URL of the Redis; its user and password are not used
 */
export async function needsNoPassword(url: string): Promise<boolean> {
  const redis = new Redis(withoutCredentials(url), {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
    connectionName: "",
  });
  // Each failure is seen by who waits for the answer.
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === "PONG";
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

function withoutCredentials(url: string): string {
  const open = new URL(url);
  open.username = "";
  open.password = "";
  return open.href;
}
