import type { RunnerRecord } from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

/** Knows whether the model has answered in an attempt. */
export class FirstAnswer implements RecordObserver {
  /** Resolves when it has; never, when it does not. */
  readonly reached: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  observe({ type }: RunnerRecord): void {
    if (type === "message.completed") this.#resolve();
  }
}
