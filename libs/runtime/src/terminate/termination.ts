import { setTimeout } from "node:timers/promises";
import type { RunProcesses } from "../processes/run-processes.ts";
import { askToStop } from "./ask-to-stop.ts";
import { killAll } from "./kill-all.ts";

const LOOK_MS = 20;

/**
 * The end of a run's processes: they are asked, have until the deadline, and are killed then. It happens once; who asks
 * again joins, and the shortest grace counts.
 */
export class Termination {
  readonly #processes: RunProcesses;
  readonly #onFault: (error: Error) => void;
  #deadline = Number.POSITIVE_INFINITY;
  #ended: Promise<boolean> | undefined;

  constructor(processes: RunProcesses, onFault: (error: Error) => void) {
    this.#processes = processes;
    this.#onFault = onFault;
  }

  /** Whether the end has begun: a signal that the runner dies of is ours then. */
  get begun(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Resolves when none of the processes is left; to false when there are some that cannot be killed.
   * @param graceMs how long they have to end by themselves
   */
  end(graceMs: number): Promise<boolean> {
    this.#deadline = Math.min(this.#deadline, performance.now() + graceMs);
    this.#ended ??= this.#run();
    return this.#ended;
  }

  async #run(): Promise<boolean> {
    if (!this.#processes.alive()) return true;
    if (this.#graceLeft() > 0) askToStop(this.#processes);
    while (this.#graceLeft() > 0 && this.#processes.alive()) {
      await setTimeout(Math.min(LOOK_MS, Math.max(1, this.#graceLeft())));
    }
    return killAll(this.#processes, this.#onFault);
  }

  #graceLeft(): number {
    return this.#deadline - performance.now();
  }
}
