import type { Redis } from "ioredis";
import { isUnreachable, reached } from "../connection/unavailable.ts";

/**
 * Why this Redis must not be used: it may drop keys to make room, and invocations would be lost without a trace. `null`
 * when it does not, or does not tell.
 * @throws {UnavailableError}
 */
export async function dataRisk(redis: Redis): Promise<string | null> {
  try {
    const [, policy = "noeviction"] = /^maxmemory_policy:(\S+)/m.exec(await redis.info("memory")) ?? [];
    if (policy === "noeviction") return null;
    return `Redis may drop data: its maxmemory-policy is '${policy}'; set it to 'noeviction' (CONFIG SET maxmemory-policy noeviction)`;
  } catch (error) {
    if (isUnreachable(error)) return reached(Promise.reject(error));
    return null;
  }
}

/** Tells of the risk whenever this Redis is connected to: it may have got it since, or be another one. */
export function warnOfDataRisk(redis: Redis, onFault: (error: Error) => void): void {
  redis.on("ready", () => {
    dataRisk(redis).then((risk) => risk !== null && onFault(new Error(risk)), onFault);
  });
}
