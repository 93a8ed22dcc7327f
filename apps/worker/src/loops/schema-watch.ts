import { type Backend, UnavailableError } from "@pifleet/invocation";
import { Loop } from "./loop.ts";

/** The pause between two looks. */
const ROUND_MS = 2_000;

export interface SchemaWatchOptions {
  readonly backend: Pick<Backend, "outdated">;
  /** Called once, with the reason why this worker is too old for the fleet's data. */
  readonly onOutdated: (reason: string) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Notices that a newer version has begun to write data that this worker cannot read. Whatever it claimed from then on
 * would fail, so it is to stop.
 */
export class SchemaWatch {
  readonly #options: SchemaWatchOptions;
  readonly #loop: Loop;
  #isTold = false;

  constructor(options: SchemaWatchOptions) {
    this.#options = options;
    this.#loop = new Loop(ROUND_MS, () => this.#round(), options.onFault);
  }

  start(): void {
    this.#loop.start();
  }

  /** Safe to call twice, and before `start`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #round(): Promise<void> {
    const { backend, onOutdated } = this.#options;
    const reason = await backend.outdated().catch(nullWhileAway);
    if (reason === null || this.#isTold) return;
    this.#isTold = true;
    onOutdated(reason);
  }
}

/** The connection reports an outage itself. */
function nullWhileAway(error: unknown): null {
  if (error instanceof UnavailableError) return null;
  throw error;
}
