import { processesOfRuns, runnersOf } from "../../fleet/processes.ts";
import type { Fault } from "./fault.ts";
import { send } from "./signals.ts";

export const grandchildKilled: Fault = {
  name: "grandchild killed (SIGKILL)",
  weight: 2,
  async strike({ arena, random }) {
    const runners = arena.livingWorkers.flatMap(({ pid }) => arena.workspaces.flatMap((path) => runnersOf(pid, path)));
    const others = arena.workspaces.flatMap(processesOfRuns).filter((pid) => !runners.includes(pid));
    const grandchild = random.pick(others);
    return grandchild !== undefined && send(grandchild, "SIGKILL");
  },
};
