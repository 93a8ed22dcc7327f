import type { Runtime } from "@pifleet/invocation";
import { Loop } from "./loop.ts";

const ROUND_MS = 60_000;

export interface SweeperOptions {
  readonly runtime: Runtime;
  /** Called with what was found, when there was anything. */
  readonly onSwept: (runners: number, workspaces: number) => void;
  readonly onFault: (error: unknown) => void;
}

/** Ends the runners, and removes the workspaces, that dead workers left on this host: at the start and every minute. */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #loop: Loop;

  constructor(options: SweeperOptions) {
    this.#options = options;
    this.#loop = new Loop(ROUND_MS, () => this.sweep(), options.onFault);
  }

  start(): void {
    this.#loop.start();
  }

  /** Resolves when the round that is under way has ended. Safe to call twice, and before `start`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** One round, also out of turn: when a worker is known to have died. */
  async sweep(): Promise<void> {
    const { runners, workspaces } = await this.#options.runtime.sweep();
    if (runners > 0 || workspaces > 0) this.#options.onSwept(runners, workspaces);
  }
}
