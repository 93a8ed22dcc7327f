import { setTimeout } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { standStill } from "./signals.ts";

const LONGEST_ABSENCE_MS = 3_000;

export const workerKilled: Fault = {
  name: "worker killed (SIGKILL)",
  weight: 6,
  async strike({ arena, random, killings }) {
    const worker = random.pick(arena.livingWorkers);
    const absenceMs = random.between(0, LONGEST_ABSENCE_MS);
    if (!worker?.id) return false;
    killings.push({ worker: worker.id, at: Date.now() });
    worker.kill("SIGKILL");
    await worker.exited();
    await setTimeout(absenceMs);
    await arena.replaceWorker(worker);
    return true;
  },
};

export const workerStopped: Fault = {
  name: "worker stopped for 8 s (SIGSTOP)",
  weight: 3,
  async strike({ arena, random }) {
    const worker = random.pick(arena.livingWorkers);
    return worker ? standStill(worker.pid) : false;
  },
};

export const workerDrained: Fault = {
  name: "worker drained (SIGTERM)",
  weight: 2,
  async strike({ arena, random }) {
    const worker = random.pick(arena.livingWorkers);
    if (!worker) return false;
    worker.kill("SIGTERM");
    await worker.exited();
    await arena.replaceWorker(worker);
    return true;
  },
};
