import { setTimeout } from "node:timers/promises";
import type { Fault } from "./fault.ts";

const LONGEST_ABSENCE_MS = 1_000;

export const apiKilled: Fault = {
  name: "API killed (SIGKILL)",
  weight: 2,
  async strike({ arena, random }) {
    const api = random.pick(arena.livingApis);
    if (!api) return false;
    api.kill("SIGKILL");
    await api.exited();
    await setTimeout(random.between(0, LONGEST_ABSENCE_MS));
    await arena.fleet.startApi();
    return true;
  },
};
