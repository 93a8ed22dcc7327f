import { setTimeout } from "node:timers/promises";
import type { Arena } from "../arena.ts";
import type { Fault } from "./fault.ts";
import { STANDSTILL_MS } from "./signals.ts";

/** There is one Redis: two things cannot happen to it at once. */
const busy = new WeakSet<Arena>();

async function alone(arena: Arena, strike: () => Promise<void>): Promise<boolean> {
  if (busy.has(arena)) return false;
  busy.add(arena);
  try {
    await strike();
    return true;
  } finally {
    busy.delete(arena);
  }
}

export const redisStopped: Fault = {
  name: "Redis stopped for 8 s (SIGSTOP)",
  weight: 1,
  strike: ({ arena }) =>
    alone(arena, async () => {
      arena.redis.freeze();
      await setTimeout(STANDSTILL_MS);
      arena.redis.thaw();
    }),
};

export const redisRestarted: Fault = {
  name: "Redis killed and started again",
  weight: 1,
  strike: ({ arena }) =>
    alone(arena, async () => {
      await arena.redis.stop();
      await arena.startRedis();
    }),
};
