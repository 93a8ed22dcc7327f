import type { RunProcesses } from "./run-processes.ts";
import { send } from "./send-signal.ts";

/** The portable way: the runner's process group. A process that has left the group is out of reach. */
export class ProcessGroup implements RunProcesses {
  readonly #leader: number;

  constructor(leader: number) {
    this.#leader = leader;
  }

  alive(): boolean {
    return send(-this.#leader, 0);
  }

  stopped(): boolean {
    // There is no portable way to see it; the signal cannot be refused.
    return true;
  }

  releaseForks(): void {
    // There is no portable way to see them; they go on and stop when the group does.
  }

  signal(signal: NodeJS.Signals): void {
    send(-this.#leader, signal);
  }
}
