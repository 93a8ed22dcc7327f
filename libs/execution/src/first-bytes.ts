import type { Measures, RunnerRecord } from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

/** Measures how long each model request waits for the first byte of its answer. */
export class FirstBytes implements RecordObserver {
  readonly #measures: Measures;
  #requestedAtMs: number | undefined;

  constructor(measures: Measures) {
    this.#measures = measures;
  }

  observe(record: RunnerRecord): void {
    if (record.type === "request.started") this.#requestedAtMs = record.at;
    if (record.type !== "request.first_byte" || this.#requestedAtMs === undefined) return;
    this.#measures.observe("time_to_first_token_seconds", (record.at - this.#requestedAtMs) / 1_000, {});
    this.#requestedAtMs = undefined;
  }
}
