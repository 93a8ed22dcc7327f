import { spawn } from "node:child_process";
import { once } from "node:events";
import { promptFor, type Task } from "../agent.ts";
import type { Contestant, Submitted } from "../contestants/contestant.ts";
import { endedChildrenCpuMs } from "../processes/cpu-time.ts";
import { type PiCommand, piArguments, piEnvironment } from "./pi.ts";

/** `pi -p` for each prompt, one after the other, as in a shell script: no queue, nothing that starts it again. */
export class PiAlone implements Contestant {
  readonly atOnce = 1;
  readonly #pi: PiCommand;

  constructor(pi: PiCommand) {
    this.#pi = pi;
  }

  async submit(task: Task): Promise<Submitted> {
    const child = spawn(process.execPath, piArguments(this.#pi, promptFor(task)), {
      cwd: this.#pi.agentDirectory,
      env: piEnvironment(this.#pi),
      stdio: ["ignore", "ignore", "inherit"],
    });
    const ended = once(child, "exit").then(([code]) => {
      if (code !== 0) throw new Error(`pi exited with ${code}`);
    });
    return { ended };
  }

  /** Nothing else that this process starts ends while this is measured. */
  async cpuMs(): Promise<number> {
    return endedChildrenCpuMs(process.pid);
  }

  /** A process that has ended has left nothing to do. */
  rest(): Promise<void> {
    return Promise.resolve();
  }
}
