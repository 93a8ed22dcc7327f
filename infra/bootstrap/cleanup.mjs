import { warn } from "./progress.mjs";

/** Everything that was started, to be stopped in reverse order: on success, on failure and on a signal alike. */
export class Cleanup {
  /** @type {(() => Promise<void>)[]} */
  #stops = [];

  /** @param {() => Promise<void>} stop */
  add(stop) {
    this.#stops.push(stop);
  }

  /** Stops everything. One that cannot be stopped does not keep the others from it. Safe to call twice. */
  async run() {
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        warn(`Something could not be stopped: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
}
