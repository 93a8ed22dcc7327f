import { apiKilled } from "./api.ts";
import { diskFull } from "./disk.ts";
import type { Fault } from "./fault.ts";
import { grandchildKilled } from "./grandchild.ts";
import { modelFaults } from "./model.ts";
import { redisRestarted, redisStopped } from "./redis.ts";
import { runnerKilled, runnerOutOfMemory, runnerStopped } from "./runner.ts";
import { workerDrained, workerKilled, workerStopped } from "./worker.ts";

/** Everything that can go wrong. */
export const FAULTS: readonly Fault[] = [
  workerKilled,
  workerStopped,
  workerDrained,
  runnerKilled,
  runnerStopped,
  runnerOutOfMemory,
  grandchildKilled,
  apiKilled,
  redisStopped,
  redisRestarted,
  diskFull,
  ...modelFaults,
];
