import { availableParallelism } from "node:os";
import type { Stage } from "../stage.ts";
import { BullMqFleet } from "./bullmq-fleet.ts";

/** Runs at once of a worker, the same as a worker of ours takes by default. */
export const CONCURRENCY = 2 * availableParallelism();

/** Starts the fleet that is written in an afternoon: a BullMQ worker that spawns `pi -p`. */
export async function startHandWritten(stage: Stage, concurrency = CONCURRENCY): Promise<BullMqFleet> {
  return startFleet(stage, import.meta.resolve("./hand-written-worker.ts"), concurrency, { pi: stage.pi });
}

/** Starts a BullMQ worker whose jobs do nothing. @param told whether the worker tells when each of them starts */
export async function startNoOp(stage: Stage, told: boolean): Promise<BullMqFleet> {
  return startFleet(stage, import.meta.resolve("./no-op-worker.ts"), CONCURRENCY, { told });
}

async function startFleet(stage: Stage, worker: string, concurrency: number, more: object): Promise<BullMqFleet> {
  const { redis, redisUrl } = stage;
  return stage.use(await BullMqFleet.start({ redis, redisUrl, prefix: stage.newPrefix(), concurrency, worker, more }));
}
