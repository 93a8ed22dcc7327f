import type { TraceDelivery } from "@pifleet/execution";
import { Loop } from "./loop.ts";

const ROUND_MS = 500;

/**
 * Sends the spans that nobody else sends: those of workers that were lost, of invocations that ended before their first
 * attempt, and what a collector could not take before. It runs on every worker; the spool gives each attempt to one.
 */
export class Exporter {
  readonly #delivery: TraceDelivery;
  readonly #loop: Loop;

  constructor(delivery: TraceDelivery, onFault: (error: unknown) => void) {
    this.#delivery = delivery;
    this.#loop = new Loop(ROUND_MS, () => delivery.catchUp(), onFault);
  }

  start(): void {
    this.#loop.start();
  }

  /** Resolves when nothing is under way any more, which takes a few seconds at most. Safe to call twice, and before `start`. */
  async stop(): Promise<void> {
    await Promise.all([this.#loop.stop(), this.#delivery.end()]);
  }
}
