import type { Limits, RunnerRecord } from "@pifleet/invocation";
import type { Ending } from "./cause.ts";
import type { RecordObserver } from "./record-observer.ts";

/** No agent calls tools as often as this in one attempt. */
const MAX_TOOL_CALLS = 100_000;

/**
 * Ends an attempt that is about to go over its budget of turns or money. It acts when a turn begins, so a run that
 * is done with its last turn keeps its result.
 */
export class Budget implements RecordObserver {
  readonly #limits: Limits;
  readonly #ending: Ending;
  #costUsd: number;
  #toolCalls = 0;

  /** @param spentUsd what earlier attempts of the invocation cost */
  constructor(limits: Limits, spentUsd: number, ending: Ending) {
    this.#limits = limits;
    this.#costUsd = spentUsd;
    this.#ending = ending;
  }

  observe(record: RunnerRecord): void {
    if (record.type === "request.ended") this.#costUsd += record.usage.costUsd;
    if (record.type === "turn.started") this.#check(record.turn);
    if (record.type === "tool.started") this.#countToolCall();
  }

  #countToolCall(): void {
    this.#toolCalls += 1;
    if (this.#toolCalls > MAX_TOOL_CALLS) this.#stop(`the run called tools more than ${MAX_TOOL_CALLS} times`);
  }

  #check(turn: number): void {
    const { maxTurns, maxCostUsd } = this.#limits;
    if (turn > maxTurns) this.#stop(`the run wanted turn ${turn}; limits.maxTurns is ${maxTurns}`);
    if (this.#costUsd >= maxCostUsd)
      this.#stop(`the run has cost ${this.#costUsd.toFixed(4)} US dollars; limits.maxCostUsd is ${maxCostUsd}`);
  }

  #stop(message: string): void {
    this.#ending.end({ kind: "over_budget", message });
  }
}
