import type { Redis } from "ioredis";

/** Says through `onFault` when this Redis may drop keys to make room: invocations would be lost without a trace. */
export function warnOfEviction(redis: Redis, onFault: (error: Error) => void): void {
  redis.once("ready", async () => {
    try {
      const [, policy = "noeviction"] = /^maxmemory_policy:(\S+)/m.exec(await redis.info("memory")) ?? [];
      if (policy !== "noeviction") {
        onFault(new Error(`Redis may drop data: its maxmemory-policy is '${policy}', set it to 'noeviction'`));
      }
    } catch (error) {
      onFault(error as Error);
    }
  });
}
