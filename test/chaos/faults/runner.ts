import { runnersOf } from "../../fleet/processes.ts";
import type { Fault, Scene } from "./fault.ts";
import { send, standStill } from "./signals.ts";

export const runnerKilled: Fault = {
  name: "runner killed (SIGKILL)",
  weight: 4,
  async strike(scene) {
    const runner = anyRunner(scene);
    return runner !== undefined && send(runner, "SIGKILL");
  },
};

export const runnerStopped: Fault = {
  name: "runner stopped for 8 s (SIGSTOP)",
  weight: 2,
  async strike(scene) {
    const runner = anyRunner(scene);
    return runner === undefined ? false : standStill(runner);
  },
};

export const runnerOutOfMemory: Fault = {
  name: "runner out of memory",
  weight: 1,
  async strike({ submit }) {
    await submit("hungry");
    return true;
  },
};

function anyRunner({ arena, random }: Scene): number | undefined {
  const runners = arena.livingWorkers.flatMap(({ pid }) => arena.workspaces.flatMap((path) => runnersOf(pid, path)));
  return random.pick(runners);
}
