import { setTimeout } from "node:timers/promises";
import type { Fault } from "./fault.ts";

const LONGEST_MS = 5_000;

export const diskFull: Fault = {
  name: "disk of the workspaces full",
  weight: 1,
  async strike({ arena: { disk }, random }) {
    if (!disk) return false;
    await disk.fill();
    await setTimeout(random.between(1_000, LONGEST_MS));
    await disk.empty();
    return true;
  },
};
